SELECT p.name AS place, p.name_en AS place_en, c.people
FROM counts AS c
JOIN places.places AS p ON p.code = c.place
WHERE c.year = 2021
ORDER BY c.people DESC
