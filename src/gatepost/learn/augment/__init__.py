"""Mails made by code for training: kinds of honest mail that collections lack, and the same mails abused.

Made mail teaches and never examines: no figure that is reported is measured on it.
"""
