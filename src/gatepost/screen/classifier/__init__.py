"""The trained model at work: the evidence of one mail becomes the probability that it is unwanted."""
