"""What shows and changes the parts of this project from a shell, one module a script in `bin`.

They run on their own: the only process they speak to is the one that runs the parts.
"""
