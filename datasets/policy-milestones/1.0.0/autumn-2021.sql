WITH days AS (
    SELECT
        max(date) FILTER (WHERE fact = 'B01') AS begins,
        max(date) FILTER (WHERE fact = 'B02') AS ends,
        max(date) FILTER (WHERE fact = 'B08') AS reported
    FROM milestones
)
SELECT
    date_diff('day', begins, ends) + 1 AS exam_days,
    date_diff('day', ends, reported) AS days_to_report
FROM days
