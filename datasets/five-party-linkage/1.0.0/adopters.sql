SELECT
    count(DISTINCT region) FILTER (WHERE adopted) AS provinces,
    count(DISTINCT region) FILTER (WHERE adopted AND form = 'opinion') AS by_opinion
FROM adoptions
