"""Sensors: what a DAG may wait for."""
