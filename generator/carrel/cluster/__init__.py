"""A live cluster, looked at and never changed: is it ready for a site?"""
