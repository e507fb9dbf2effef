-- Run once by the PostgreSQL image on an empty data folder: each subgraph has its own database.
CREATE DATABASE auth;
CREATE DATABASE booking;
CREATE DATABASE seat;
