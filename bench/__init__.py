"""Measurements, each with its dated result in bench/results/. Never asserted in a test."""
