SELECT later.place, earlier.people AS before, later.people AS after
FROM counts AS later
JOIN counts AS earlier ON later.place = earlier.place AND later.year = earlier.year + 1
WHERE later.people < earlier.people
