#!/bin/sh
# Run by the PostgreSQL image when its data volume is new: two databases, each with a login that owns it and nothing more,
# and the roles that the warehouse gives privileges to (docs/roles.md).
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
     --set airflow="$POSTGRES_PASSWORD" --set warehouse="$WAREHOUSE_PASSWORD" <<'SQL'
CREATE ROLE airflow LOGIN PASSWORD :'airflow';
CREATE DATABASE airflow OWNER airflow ENCODING 'UTF8' TEMPLATE template0;
CREATE ROLE warehouse LOGIN PASSWORD :'warehouse';
CREATE DATABASE warehouse OWNER warehouse ENCODING 'UTF8' TEMPLATE template0;
CREATE ROLE hkpost_analyst NOLOGIN;
CREATE ROLE hkpost_loader NOLOGIN;
SQL
