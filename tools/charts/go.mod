// Pins the charts that tests/prerequisites tries our values on. Nothing is built here.
module carrel/tools/charts

go 1.26.0

require (
	github.com/cert-manager/cert-manager v1.20.2
	istio.io/istio v0.0.0-20260827124520-eed52ebb66ad
)
