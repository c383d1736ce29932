WITH counts AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'A01') AS towns,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'A02') AS counties,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'A03') AS communities
    FROM scope
)
SELECT
    CAST(communities AS BIGINT) AS communities,
    round(communities / towns, 1) AS per_town,
    round(communities / counties, 1) AS per_county
FROM counts
