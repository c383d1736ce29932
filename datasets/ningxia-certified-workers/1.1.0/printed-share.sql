WITH counts AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'C01') AS holders,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'C02') AS community,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'C03') AS printed
    FROM certified
)
SELECT
    'certified' AS resource, 'C03' AS key, 'value' AS field,
    printed,
    round(100 * community / holders, 1) AS computed
FROM counts
WHERE printed <> round(100 * community / holders, 1)
