"""What preference pairs give beside labels.

``files`` draws rows and pairs without overlap; ``__main__`` trains each arm on them and measures
it.
"""
