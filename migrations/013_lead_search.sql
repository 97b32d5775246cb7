-- What a submit says of a person, in the form in which text is searched (src/core/leads/search.ts). Written with the submit.
-- For submits that there are already SQL comes close to it: its own lower() knows ASCII only, so letters of Latin, Greek and
-- Cyrillic are replaced one by one, as src/core/leads/comparable.ts replaces them. Text in other scripts is found as it was typed. What
-- was typed with marks that stand alone, and letters of rare alphabets, are not found in their other spellings.
ALTER TABLE lead_submissions ADD COLUMN search TEXT NOT NULL DEFAULT '';

UPDATE lead_submissions SET search = lower(
  coalesce(json_extract(contact, '$.name'), '') || char(31) || coalesce(json_extract(contact, '$.email'), '') || char(31) ||
  coalesce(json_extract(contact, '$.phone'), '') || char(31) || coalesce(json_extract(contact, '$.message'), ''));

-- Each letter of the first row becomes the one below it. Only of texts that have any beyond ASCII.
UPDATE lead_submissions SET search = (
  WITH RECURSIVE
  letters (typed, folded) AS (SELECT
    'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïðñòóôõöøùúûüýÿĀāĂăĄąĆćĈĉĊċČ' ||
    'čĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİıĴĵĶķĸĹĺĻļĽľŁłŃńŅņŇňŊŋŌōŎŏŐőŔŕŖŗŘř' ||
    'ŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžſΆΈΉΊΌΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ' ||
    'ΪΫάέήίΰςϊϋόύώЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯйѐёѓїќѝўҐ',
    'aaaaaaceeeeiiiidnoooooouuuuyaaaaaaceeeeiiiidnoooooouuuuyyaaaaaaccccccc' ||
    'cddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjkkkllllllllnnnnnnnnoooooorrrrrr' ||
    'ssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzsαεηιουωιαβγδεζηθικλμνξοπρστυφχψω' ||
    'ιυαεηιυσιυουωееђгєѕііјљњћкиуџабвгдежзииклмнопрстуфхцчшщъыьэюяиеегікиуґ'
  ),
  folding (at, text) AS (
    SELECT 1, lead_submissions.search
    UNION ALL
    SELECT at + 1, replace(text, substr(typed, at, 1), substr(folded, at, 1)) FROM folding, letters
    WHERE at <= length(typed)
  )
  SELECT text FROM folding ORDER BY at DESC LIMIT 1
) WHERE length(CAST(search AS BLOB)) > length(search);

-- Letters that become two.
UPDATE lead_submissions SET search = replace(search, 'Æ', 'ae') WHERE instr(search, 'Æ') > 0;
UPDATE lead_submissions SET search = replace(search, 'Þ', 'th') WHERE instr(search, 'Þ') > 0;
UPDATE lead_submissions SET search = replace(search, 'ß', 'ss') WHERE instr(search, 'ß') > 0;
UPDATE lead_submissions SET search = replace(search, 'æ', 'ae') WHERE instr(search, 'æ') > 0;
UPDATE lead_submissions SET search = replace(search, 'þ', 'th') WHERE instr(search, 'þ') > 0;
UPDATE lead_submissions SET search = replace(search, 'Ĳ', 'ij') WHERE instr(search, 'Ĳ') > 0;
UPDATE lead_submissions SET search = replace(search, 'ĳ', 'ij') WHERE instr(search, 'ĳ') > 0;
UPDATE lead_submissions SET search = replace(search, 'Ŀ', 'l·') WHERE instr(search, 'Ŀ') > 0;
UPDATE lead_submissions SET search = replace(search, 'ŀ', 'l·') WHERE instr(search, 'ŀ') > 0;
UPDATE lead_submissions SET search = replace(search, 'ŉ', 'ʼn') WHERE instr(search, 'ŉ') > 0;
UPDATE lead_submissions SET search = replace(search, 'Œ', 'oe') WHERE instr(search, 'Œ') > 0;
UPDATE lead_submissions SET search = replace(search, 'œ', 'oe') WHERE instr(search, 'œ') > 0;
UPDATE lead_submissions SET search = replace(search, 'ẞ', 'ss') WHERE instr(search, 'ẞ') > 0;
