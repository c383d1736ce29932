WITH counts AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B21') AS clients,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B22') AS services
    FROM figures
)
SELECT
    CAST(clients AS BIGINT) AS clients,
    CAST(services AS BIGINT) AS services,
    round(services / clients, 1) AS services_per_client
FROM counts
