# Sheet to hand over, printed directory, link to share
