# Lists of the directory
