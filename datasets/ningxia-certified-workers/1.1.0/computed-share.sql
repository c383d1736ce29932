SELECT
    'computed' AS resource, s.share AS key, 'value' AS field,
    s.value AS given,
    round(100 * CAST(n.value AS DOUBLE) / CAST(d.value AS DOUBLE), 1) AS expected
FROM computed AS s
JOIN certified AS n ON n.fact = s.numerator
JOIN certified AS d ON d.fact = s.denominator
WHERE CAST(s.value AS DOUBLE) <> round(100 * CAST(n.value AS DOUBLE) / CAST(d.value AS DOUBLE), 1)
ORDER BY s.share
