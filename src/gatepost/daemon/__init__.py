"""Builds the house and keeps it running: one supervisor, N workers that receive, one keeper that delivers."""

from gatepost.daemon.supervisor import run

__all__ = ["run"]
