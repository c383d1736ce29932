WITH counts AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B09') AS workers,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B10') AS contacts
    FROM "covid-response"
)
SELECT
    CAST(workers AS BIGINT) AS workers,
    CAST(contacts AS BIGINT) AS contacts,
    CAST(round(contacts / workers) AS BIGINT) AS contacts_per_worker
FROM counts
