-- Run by the PostgreSQL image when its data volume is new: the warehouse beside Airflow's own database.
CREATE DATABASE warehouse;
