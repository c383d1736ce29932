WITH counts AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B12') AS stations,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B13') AS workers
    FROM stations
)
SELECT
    CAST(stations AS BIGINT) AS stations,
    CAST(workers AS BIGINT) AS workers,
    round(workers / stations, 1) AS workers_per_station
FROM counts
