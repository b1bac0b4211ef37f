# The console's forms
