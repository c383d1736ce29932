WITH printed AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B03') AS registrations,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B04') AS growth,
        max(CAST(as_of AS INTEGER)) FILTER (WHERE fact = 'B03') AS year
    FROM exam
)
SELECT
    year,
    CAST(registrations AS BIGINT) AS registrations,
    -- registrations are printed to the thousand: half a thousand either way
    CAST(registrations - 500 AS BIGINT) AS low,
    CAST(registrations + 500 AS BIGINT) AS high,
    growth,
    'printed' AS basis,
    'exact' AS bound
FROM printed
UNION ALL
SELECT
    year - 1,
    CAST(round(registrations / (1 + growth / 100), -3) AS BIGINT),
    -- growth is printed to the whole percent: half a percent either way
    CAST(floor((registrations - 500) / (1 + (growth + 0.5) / 100) / 1000) * 1000 AS BIGINT),
    CAST(ceil((registrations + 500) / (1 + (growth - 0.5) / 100) / 1000) * 1000 AS BIGINT),
    NULL,
    'implied',
    'approximate'
FROM printed
ORDER BY year DESC
