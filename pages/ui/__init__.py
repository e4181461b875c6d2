"""What the pages share."""

# plotly uses whatever pandas is there, also one that another visitor's thread has only half imported. Here it is whole
# before any module of this package, and plotly with it, is.
import pandas  # noqa: F401
