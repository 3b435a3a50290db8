"""What `carrel gen` makes: files that are committed and never edited by hand."""
