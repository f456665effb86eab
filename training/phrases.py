"""Sentences of our own for what the public sets hardly show: praise, suggestions, rare aspects, emoji, plain English.

Written for this project, so they bind nobody. They teach the columns only; calibration and every score come from real
texts. (Groups and names: `training.groups`.)
"""

from __future__ import annotations

from collections.abc import Iterator

NEGATIVE = """
schlecht|mies|miserabel|furchtbar|schrecklich|enttäuschend|ärgerlich|nervig|unverschämt|katastrophal|peinlich|langweilig|kaputt|
eine Frechheit|eine Zumutung|ein Witz|zum Kotzen|unter aller Sau|Mist|Schrott|Scheiße|Abzocke|Saftladen|nie wieder|finger weg|
ich hasse das|ich bin enttäuscht|ich bin sauer|das nervt|geht gar nicht|Daumen runter|leider|traurig|schade|schon wieder|
seit Stunden gewartet|kommt natürlich zu spät|fällt natürlich aus|keine Antwort|funktioniert nicht|na toll|na super, wieder nichts|
danke für nichts|vielen Dank auch, wieder eine Stunde|a Schmarrn|so a Glump|so ein Schiet|allet Mist|des nervt|
bad|terrible|awful|horrible|worst|disappointing|annoying|useless|broken|a joke|a shame|rude|hate it|never again|sucks|fail|
what a mess|so angry|not happy|waste of money|waste of time|delayed again|no reply|doesn't work|thanks for nothing|ridiculous|
😡|😠|🤬|😤|🙄|😒|😞|😢|😭|👎|💩|🤮|😑|:(|:-(|:'(|>:(
"""
POSITIVE = """
gut|toll|super|klasse|prima|spitze|großartig|wunderbar|wunderschön|fantastisch|perfekt|hervorragend|ausgezeichnet|genial|geil|
mega|hammer|sehr zufrieden|begeistert|ein Traum|ein Lob|Respekt|Daumen hoch|weiter so|gerne wieder|sehr zu empfehlen|top|
ich liebe es|freue mich|das freut mich|hat geklappt|endlich pünktlich|schnell und freundlich|vielen Dank für die schnelle Hilfe|
super Service|tolle Arbeit|gut gemacht|gar nicht schlecht|nicht schlecht|kann nicht klagen|mag ich sehr|isch super gsi|leiwand|
des basst|gfallt ma|good|great|awesome|amazing|excellent|wonderful|perfect|fantastic|brilliant|lovely|love it|best ever|well done|
so happy|thank you so much|highly recommend|nice work|not bad at all|made my day|looking forward to it|keep it up|
😍|😊|😀|😃|😄|🥰|😘|👍|❤️|♥|💕|🎉|👏|💪|🙏|😁|☺|:)|:-)|:D|<3|;)
"""
NEUTRAL = """
Heute um 15 Uhr am Hauptbahnhof|Zug fährt von Gleis 4|Die Filiale öffnet am Montag|Neue Stelle frei in Köln|Wetterbericht für morgen|
Der Bericht erscheint im Mai|Wir haben Ihnen geschrieben|Fahrplanwechsel am Sonntag|Sitzung des Rates am Dienstag|Mehr dazu hier|
The meeting is at 3 pm|The store opens on Monday|New article about the city|Train leaves from platform 4|More information here|
According to the report|The match starts at eight|📅|📍|ℹ️|➡️|📰|Ist das schon raus?|Wer kommt morgen mit?|Bin gerade im Zug nach Bonn|
Gleich geht es los|Ich gehe jetzt schlafen|Was macht ihr heute so?|Der neue Artikel ist online|Jemand hier aus Berlin?|Hab ich auch gesehen|
Wie war das nochmal mit dem Termin?|Läuft heute Abend im Fernsehen|Folge mir zurück|Siehe Link|Bei uns regnet es|Ich habe gerade gegessen|
What time does the flight land?|Do you fly to Boston in May?|I sent you a message|Can I change my seat online?|Is flight 42 on time?|
Which gate do we leave from?|Just landed|On my way to the airport|How many bags can I take?|Please follow so I can write to you
"""
PRAISE = """
Super Service, danke!|Tolle Arbeit, weiter so!|Ein großes Lob an das Team.|Das neue Angebot ist klasse.|Euer Fahrer war sehr freundlich.|
Die App läuft richtig gut.|Beste Bäckerei der Stadt.|Sehr zufrieden mit der Lieferung.|Hat super geklappt, gerne wieder.|
Respekt, das ging schnell!|Starkes Album!|Toller Film gestern.|Schöne Sendung, bitte mehr davon.|Endlich mal pünktlich, Respekt!|
Danke für die superschnelle Hilfe!|Die Mitarbeiterin hat sich wirklich gekümmert.|Kann ich nur empfehlen.|Ich bin begeistert vom neuen Modell.|
Great service, thank you!|Love the new app.|Best coffee in town.|Your staff were so helpful.|The new album is brilliant.|Highly recommended.|
Well done, team!|What a great show.|Very happy with my order.|Excellent quality.|Du bist der Beste!|Du bist die Beste ❤️|Ihr seid super!|
Ihr seid die Besten|Ich liebe deine Videos|Liebe deine Stimme|Deine Musik ist so schön|So ein schönes Lied|Gänsehaut|Gänsehaut pur!|
Mega Video!|Richtig gutes Video, danke dafür|Bestes Video seit langem|Du machst das so toll|Ich bin so stolz auf dich|Bleib wie du bist!|
Du bist wunderschön|Du siehst toll aus|So hübsch 😍|Was für eine Stimme!|Hammer Stimme|Du hast so viel Talent|Einfach nur wow|Wahnsinn, wie schön|
Ich feier dich|Ich feiere euch so sehr|Ehrenmann|Ehrenfrau|Legende!|Du rettest meinen Tag|Hab so gelacht 😂❤️|Danke für alles|Danke, dass es euch gibt|
Herzlichen Glückwunsch!|Alles Gute dir|Viel Glück weiterhin|Ich wünsche dir alles Gute|Bester Mann|Beste Frau|Tolle Frau|Starker Typ|Süß ❤️|So süß|
Ich vermisse dich|Ich mag dich sehr|Großartig gespielt|Sehr gut erklärt, danke|Endlich verstehe ich das, danke dir|Dein Kanal ist der beste|
Mach weiter so 👍|Weiter so!|Daumen hoch 👍|Liebe Grüße und danke|❤️❤️❤️|😍😍|👏👏👏|🥰|Toll gemacht 👏|Ich bin großer Fan|Richtig stark|Geil gemacht|
You are the best!|You are amazing|I love your videos|I love you ❤️|Such a beautiful voice|Best song ever|So proud of you|Keep going!|Thanks for everything|
You made my day|What a talent|You are so funny|Well explained, thank you|Congratulations!|Big fan of yours|Great crew, great flight|
Thanks for the quick reply, you are awesome|Your team at the desk was fantastic|Best airline I have flown with
"""
COMPLAINT = """
Schon wieder eine Stunde Verspätung.|Seit Wochen ist der Aufzug kaputt.|Niemand geht ans Telefon.|Die App stürzt ständig ab.|
Ich warte seit drei Wochen auf mein Paket.|Das ist doch Abzocke.|Unfreundliche Bedienung, nie wieder.|Der Automat nimmt kein Geld.|
Keine Antwort auf meine Mail seit Mai.|So ein Saftladen.|Die Heizung im Zug fällt aus.|Die Rechnung ist falsch.|
Mein Ticket wurde nicht erstattet.|Ich habe zweimal bezahlt.|Typisch, wieder alles zu.|Eure Hotline ist eine Zumutung.|
The new update broke everything.|Still waiting for my refund.|Nobody answers the phone.|My parcel never arrived.|The lift is out of order again.|
Worst customer service ever.|Your website is down again.|I was charged twice.|My flight was cancelled and nobody told us.|
On hold for two hours now.|You lost my bag and nobody cares.|Stuck at the gate for three hours, no information.|
I have been waiting for an answer for a week.|Missed my connection because of your delay.|Third cancelled flight this month.|
How can you leave people stranded overnight?|Sitting on the runway for an hour.|Your agents hang up on me.|My luggage is still missing.|
Rebooked me without asking, now I lose a day.|Seriously, another delay?|Why can nobody pick up the phone?|Not flying with you again.
"""
QUESTION = """
Wann macht ihr auf?|Wo finde ich das Formular?|Weiß jemand, wie lange das dauert?|Fährt der Bus heute?|Was kostet der Eintritt?|
Wie kann ich kündigen?|Kann man bei euch mit Karte zahlen?|Warum ist der Schalter geschlossen?|Habt ihr das auch in Größe 40?|
Gibt es noch Karten?|Wer kann mir helfen?|Welche Linie fährt zum Flughafen?|weiß wer wann die filiale aufmacht|Stimmt das?|
Ab wann kann man buchen?|Ist der Zug heute pünktlich?|When do you open?|Where can I find the form?|How much is it?|
Does anyone know how long this takes?|Can I pay by card?|Is there a bus tonight?|What time does it start?|How do I cancel my order?
"""
SUGGESTION = """
Ihr solltet auch sonntags öffnen.|Macht doch längere Öffnungszeiten!|Wie wäre es mit mehr Personal?|Bitte mehr vegane Gerichte anbieten.|
Könntet ihr das bitte reparieren?|Man müsste die Ampel anders schalten.|Bitte antwortet auf meine Nachricht.|Ich wünsche mir einen Dunkelmodus.|
Vielleicht solltet ihr früher Bescheid sagen.|Es wäre gut, wenn die App offline ginge.|Nehmt lieber die andere Linie.|Schafft das endlich ab!|
Die Stadt sollte mehr Radwege bauen.|Bitte führt die Kartenzahlung ein.|Ein Geländer würde helfen.|Lasst die Rolltreppe doch laufen.|
You should open on Sundays.|Please bring back the old design.|Why not offer smaller sizes?|It would be great to have a dark mode.|
Could you please fix this?|They should add more trains.|Please answer my email.|Maybe try the other line.
"""
OF_ASPECT = {
    "price": """viel zu teuer|die Preise steigen schon wieder|günstiges Angebot|Gebühren|Erstattung|Rabatt|kostet 20 Euro|Preiserhöhung|
Tickets werden teurer|Geld zurück|too expensive|price increase|refund|cheap|discount|fees""",
    "service": """der Kundendienst hilft nicht|niemand am Schalter|die Hotline|keine Auskunft|Beratung|schnelle Antwort auf meine Anfrage|
keine Durchsage|der Support antwortet nicht|customer service|no help at the counter|support team|information desk""",
    "quality": """Qualität|schlecht verarbeitet|nach zwei Wochen kaputt|der Aufzug ist defekt|Rolltreppe außer Betrieb|sauber|dreckig|bequem|
das Brot schmeckt|hält lange|great quality|broken after a week|comfortable|dirty|well made""",
    "delivery": """das Paket kam zu spät|Lieferung|Verspätung|der Zug fällt aus|Anschluss verpasst|pünktlich|Sendung verloren|Ersatzverkehr|
wartet seit Tagen auf die Ware|my order is late|delivery|delayed|cancelled|arrived on time""",
    "staff": """der Fahrer war unfreundlich|die Verkäuferin war sehr nett|Mitarbeiter|das Personal|der Schaffner|Kontrolleure|
die Bedienung|freundliches Team|rude staff|friendly driver|the employees|the waiter|the conductor""",
    "app_website": """die App stürzt ab|eure Webseite ist nicht erreichbar|Login geht nicht|Onlineshop|online buchen|Passwort zurücksetzen|
nach dem Update|die Seite lädt nicht|the app crashes|website is down|can't log in|online shop|update""",
    "opening_hours": """wann habt ihr geöffnet|Öffnungszeiten|sonntags geschlossen|habt ihr am Feiertag auf|schließt um 18 Uhr|
die Filiale macht erst um zehn auf|länger offen|nachts geschlossen|opening hours|open on Sundays|closed on Mondays|when do you open|
closes at six|wann macht ihr zu|heute schon zu""",
    "advertising": """Werbung|Werbespot|euer Plakat|Gewinnspiel|Kampagne|Anzeige|jetzt teilnehmen und gewinnen|Sponsor|der neue Spot|
your ad|commercial|campaign|billboard|giveaway|win a prize""",
    "employer": """Ausbildung|Stellenangebot|wir suchen Verstärkung|Arbeitgeber|Streik|Gehalt|Betriebsrat|Kündigung von Mitarbeitern|
Tarifverhandlungen|Arbeitsbedingungen|Azubi gesucht|jetzt bewerben|hiring|job offer|strike|wages|working conditions|employer""",
    "offer": """neues Sortiment|neue Linie|neue Filiale eröffnet|neue Haltestelle|die Strecke wird ausgebaut|habt ihr das im Angebot|
gibt es nicht mehr im Laden|neues Modell|Auswahl|new product|new line|new store|out of range|selection""",
    "safety": """Unfall|Polizeieinsatz|Verletzte|Brand im Tunnel|Überfall|Sicherheit|gefährlich|Datenleck|Maskenpflicht|Warnung|Evakuierung|
accident|injured|police|dangerous|security|data breach""",
}


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", "").split("|") if part.strip()]


def sentences() -> Iterator[tuple[str, dict[str, int]]]:
    """(text, what is known of it)."""
    for number, texts in enumerate((NEGATIVE, NEUTRAL, POSITIVE)):
        for text in _split(texts):
            yield text, _sentiment(number)
    kinds = {"praise": PRAISE, "complaint": COMPLAINT, "question": QUESTION, "suggestion": SUGGESTION}
    for kind, texts in kinds.items():
        for text in _split(texts):
            sure = {"praise": _sentiment(2), "complaint": _sentiment(0)}.get(kind, {})
            yield text, {other: int(other == kind) for other in kinds} | sure
    for aspect, texts in OF_ASPECT.items():
        for text in _split(texts):
            yield text, {other: int(other == aspect) for other in OF_ASPECT}


def _sentiment(number: int) -> dict[str, int]:
    return {name: int(n == number) for n, name in enumerate(("negative", "neutral", "positive"))}
