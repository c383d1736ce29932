SELECT
    party,
    min(name) AS name,
    min(name_en) AS name_en,
    bool_or(counted_as = 'B20') AS in_national,
    bool_or(counted_as = 'A10') AS in_tongren
FROM parties
GROUP BY party
ORDER BY min(position), min(counted_as) DESC
