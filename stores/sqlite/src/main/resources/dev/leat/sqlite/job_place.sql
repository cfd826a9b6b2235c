select ${place}
from ${places}
where j.id = :id
