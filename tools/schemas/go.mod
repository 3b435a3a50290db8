// Pins what generator/catalogue/schemas is made from. Nothing is built here.
module carrel/tools/schemas

go 1.24.0

require (
	github.com/cert-manager/cert-manager v1.20.2
	istio.io/api v1.30.8
)
