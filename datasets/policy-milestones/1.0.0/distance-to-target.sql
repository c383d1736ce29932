WITH proper AS (
    SELECT count(*) AS divisions
    FROM "administrative-divisions"."townships"
    WHERE kind <> 'other'
),
built AS (
    SELECT CAST(value AS BIGINT) AS stations
    FROM "township-stations"."stations"
    WHERE fact = 'B12'
)
SELECT divisions, stations, divisions - stations AS missing
FROM proper CROSS JOIN built
