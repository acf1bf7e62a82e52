"""The project on one machine: installing, the embedded PostgreSQL, Airflow's services, the demo.

Nothing here is installed with the distribution and nothing in production imports it.
"""
