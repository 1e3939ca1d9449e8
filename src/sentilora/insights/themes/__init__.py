"""What statements are about: groups without a told number, their names, quotes and stability.

``clusters`` groups vectors, ``theme_names`` finds the statement that speaks for a group and the
words that set it apart, ``quotes`` the statements to show, ``stability`` how often a group comes
back in resamples, ``theme_file`` what people decided about themes.
"""
