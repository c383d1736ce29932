WITH counts AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'C01') AS holders,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'C02') AS community,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'C03') AS printed
    FROM certified
)
SELECT
    printed,
    round(100 * community / holders, 1) AS computed,
    round(printed - round(100 * community / holders, 1), 1) AS difference
FROM counts
