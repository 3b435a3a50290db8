"""What no schema can say: rules across values, each with a twin in the chart.

`carrel.rules.check.check` runs them all. Every sentence here is word for word the one that the
chart fails with (`chart/templates/_lib/validate.tpl`), so that people with plain Helm read the
same.
"""
