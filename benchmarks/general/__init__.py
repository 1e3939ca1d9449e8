"""Build ``general``, the adapter that ships with the package, and measure it.

``sets`` knows the public sets and their terms; ``mixture`` draws one training file from them;
``package`` rounds, calibrates, proves and seals the finished run; ``figures`` measures it, and
``card`` writes its model card. ``__main__`` calls them in this order.
"""
