"""What a cluster needs before Carrel: charts of others, with values that fit the site."""
