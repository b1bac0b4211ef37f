# The console
