"""Trainings and exports that run in processes of their own, and how far they are."""
