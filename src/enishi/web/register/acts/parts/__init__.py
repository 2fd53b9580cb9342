"""The parts of which the forms of acts are made, one module a theme. A part that says a whole act by itself is a `Whole`."""
