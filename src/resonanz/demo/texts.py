"""What the people around the demo company say. All of it, company and people included, is made up by us."""

from __future__ import annotations

COMPANY = "Windhagen Lastenräder"
HANDLE = "windhagen"

# name, handle, followers
PEOPLE: tuple[tuple[str, str, int], ...] = (
    ("Merle Petersen", "merle_p", 212),
    ("Jonas Radtke", "jonasradtke", 87),
    ("Familie auf drei Rädern", "dreirad_familie", 3410),
    ("Özlem Yıldız", "oezlem", 640),
    ("Hinnerk Thomsen", "hinnerk", 55),
    ("Radstadt Kiel", "radstadtkiel", 5230),
    ("Svenja Mölders", "svenja.m", 131),
    ("Till Brodersen", "tillbro", 19),
    ("Kita Wattwurm", "kitawattwurm", 402),
    ("Bäckerei Nissen", "baeckereinissen", 890),
    ("Anke Johannsen", "anke_j", 77),
    ("Lastenrad-Log", "lastenradlog", 8120),
    ("Pascal Grünewald", "pgruenewald", 260),
    ("Mareike Schütt", "mareikesch", 148),
    ("Tom Ellery", "tomellery", 1190),
    ("Gisela Kruse", "gisela_kruse", 33),
    ("Verkehrswende Husum", "vw_husum", 1740),
    ("Dennis Wolter", "denniswolter", 512),
    ("Nele Carstensen", "nelec", 96),
    ("Fietsfan", "fietsfan", 2050),
    ("Björn Ahlers", "bjoernahlers", 64),
    ("Werkstatt Speichenrausch", "speichenrausch", 720),
    ("Jördis Klaaßen", "joerdis", 301),
    ("Marek Nowak", "mareknowak", 180),
    ("Ina Feddersen", "inafedd", 45),
    ("Paula Reimers", "paula.reimers", 530),
    ("Ole Hansen", "olehansen", 12),
    ("Cargo Collective", "cargocollective", 4380),
    ("Ulrike Baumgärtner", "ulrikebg", 108),
    ("Finn Lorenzen", "finnl", 71),
)

# What people ask, praise, criticise and suggest; @us is replaced by our handle there.
QUESTIONS: tuple[str, ...] = (
    "@us Moin! Passt in das Deich auch eine Babyschale, oder erst ab einem Jahr?",
    "@us Wie lange ist bei euch gerade die Lieferzeit für das Koog in Grün?",
    "Weiß jemand, ob man das Windhagen Deich mit 1,60 m noch gut fahren kann? @us",
    "@us Gibt es die Regenhaube vom Hallig einzeln? Meine hat der Sturm geholt. 🌬️",
    "@us Habt ihr an Himmelfahrt in der Werkstatt offen?",
    "@us Kann ich das Rad als Selbstständige über euch leasen, oder nur über den Händler?",
    "@us Wo finde ich die Anleitung für den neuen Ständer? Auf der Seite ist nur die alte.",
    "@us Do you ship the Hallig to Denmark? Asking for our bakery in Tønder.",
    "@us Wie viel Kilo darf vorne rein, wenn zwei Kinder und der Einkauf mitfahren?",
    "@us Bildet ihr nächstes Jahr wieder Zweiradmechatroniker:innen aus? Meine Tochter wäre interessiert.",
    "@us Reicht der Akku im Winter für 40 km mit Gegenwind? Frage für eine Küste.",
    "@us Kann man die Kiste vom Koog abnehmen, ohne Werkzeug?",
    "@us Nehmt ihr alte Akkus zurück? Der Händler wusste es nicht.",
    "@us Is there an English manual for the Deich? The PDF I found is German only.",
)
PRAISE: tuple[str, ...] = (
    "Drei Jahre, 9.000 km, zwei Kinder, ein Hund: Das Deich von @us fährt einfach. Danke nach Husum!",
    "Kleiner Gruß an @us: Speiche gebrochen, am nächsten Tag repariert, Kaffee gab es auch. So geht Service.",
    "Unsere Brötchen kommen seit heute mit dem Hallig. Der Motor schiebt sogar die 80 Kilo Roggen. @us 🥖",
    "Probefahrt bei @us gemacht und jetzt haben wir ein Problem: Die Kinder wollen nicht mehr ins Auto.",
    "Respekt, @us: eine Firma, die auf eine kritische Frage am Sonntag ehrlich antwortet.",
    "The turning circle of the Koog is ridiculous. In a good way. Well done @us",
    "Wer ein Lastenrad sucht, das man auch in zehn Jahren noch reparieren kann: schaut euch @us an.",
    "Danke @us für die Werksführung! Die Kita redet von nichts anderem als vom Schweißroboter.",
    "Ersatzteil für ein sieben Jahre altes Rad: drei Tage. Das kenne ich von anderen anders. @us",
    "Heute zum ersten Mal mit dem Windhagen zur Arbeit. 12 km, Grinsen im Gesicht, Haare ruiniert. @us",
)
COMPLAINTS: tuple[str, ...] = (
    "@us Seit sechs Wochen warte ich auf die Antwort zu meiner Reklamation. Ist da noch jemand?",
    "@us Die vordere Bremse quietscht seit der Inspektion schlimmer als vorher. Was nun?",
    "Lieferzeit acht Wochen versprochen, jetzt sind es vierzehn. Ein Anruf wäre nett gewesen, @us.",
    "@us 6.200 Euro für ein Rad, und die Klingel fällt nach zwei Monaten ab. Ernsthaft?",
    "@us Eure App zeigt seit dem Update den Akkustand falsch an: 60 % und dann aus.",
    "@us Hotline: 25 Minuten Warteschleife, dann aufgelegt. Dreimal.",
    "Die neue Werbung von @us zeigt wieder nur Väter ohne Helm auf Kopfsteinpflaster. Schade.",
    "@us Regenhaube undicht, zweites Mal. Das Kind saß nass da. So geht das nicht.",
    "@us My order was charged twice and nobody answers the mail. Please fix this.",
    "@us Warum gibt es den Rahmen in L nur in Schwarz? Das hieß im Frühjahr noch anders.",
)
STAND: tuple[str, ...] = (  # the day the kickstand folded
    "@us Der Ständer vom Deich ist heute unter dem vollen Rad weggeknickt. Kinder saßen zum Glück nicht drin.",
    "Schon der zweite Bericht über den Ständer bei @us. Gibt es einen Rückruf?",
    "@us Mein Händler sagt, ihr wisst seit Wochen vom Ständer. Stimmt das?",
    "Ein Lastenrad, das umkippt, wenn man die Kinder hineinsetzt. Großartig, @us. Ganz großartig.",
    "@us Bitte sagt einfach klar: weiterfahren oder stehen lassen?",
    "Dass @us beim Ständer so lange schweigt, enttäuscht mich mehr als der Ständer selbst.",
    "@us Unsere Kita hat vier Deich. Sollen wir die jetzt aus dem Verkehr ziehen?",
    "Gut, dass @us jetzt reagiert. Neue Ständer kostenlos, Termin beim Händler. So muss das.",
    "@us Termin für den neuen Ständer: übermorgen. Danke, das ging schnell.",
)
SUGGESTIONS: tuple[str, ...] = (
    "@us Idee: ein Becherhalter am Lenker, der auch Kopfsteinpflaster überlebt.",
    "@us Wie wäre ein Abo für die Inspektion? Ich vergesse sie jedes Jahr.",
    "@us Bitte, bitte das Koog auch in Gelb. Man sieht uns sonst im Februar nicht.",
    "@us Könntet ihr die Anleitungen als kurze Videos machen? Meine Hände sind dann schon ölig.",
)
CHATTER: tuple[str, ...] = (
    "Auf dem Wochenmarkt: vier Windhagen vor dem Käsestand, keines angeschlossen. Landleben. @us",
    "Heute am Deich überholt worden. Von einer Oma. Auf einem Hallig. @us",
    "Lastenradrennen in Kiel: Wir treten an. Mit Kindern als Ballast. @us kommt ihr auch?",
    "Seen today in Hamburg: a cargo bike moving a piano. I believe it was a @us Hallig.",
    "Der Nachbar hat sich jetzt auch ein Rad von @us geholt. Ich nehme Provision in Kuchen.",
    "Gegenwind ist nur Widerstand mit schlechter Laune. Fahre trotzdem. @us",
)
THANKS: tuple[str, ...] = (
    "Super, danke für die schnelle Antwort!",
    "Danke, das hilft. Ich melde mich, wenn es nicht klappt.",
    "Perfekt, genau das wollte ich wissen. 👍",
    "Okay, dann warte ich auf den Anruf.",
    "Great, thank you!",
)
HELPED = ("question", "complaint", "stand")
# our answers by the kind of what was said
ANSWERS: dict[str, tuple[str, ...]] = {
    "question": (
        "Moin! Gute Frage: Das steht in der Anleitung ab Seite 14, und unsere Werkstatt zeigt es Ihnen auch gern.",
        "Ja, das geht. Schreiben Sie uns kurz Ihre Rahmennummer, dann sagen wir Ihnen genau, was passt.",
        "Im Moment sind es etwa sieben Wochen. Sobald sich daran etwas ändert, melden wir uns von selbst.",
    ),
    "praise": (
        "Das freut uns sehr, und wir geben es in die Werkstatt weiter. Gute Fahrt weiterhin!",
        "Danke! Solche Nachrichten hängen wir in der Halle neben die Kaffeemaschine.",
    ),
    "complaint": (
        "Das soll so nicht sein, es tut uns leid. Wir haben Ihren Fall auf dem Tisch und rufen Sie morgen Vormittag an.",
        "Sie haben recht, da haben wir uns nicht gemeldet. Dürfen wir Ihre Auftragsnummer haben? Dann klären wir das heute.",
    ),
    "stand": (
        "Danke, dass Sie es sagen. Bitte das Rad nicht beladen abstellen: Wir tauschen jeden Ständer kostenlos, "
        "Termine gibt es ab sofort bei Ihrem Händler.",
    ),
    "suggestion": ("Schöne Idee, die nehmen wir mit in die nächste Runde. Danke!",),
}
# what the company itself posts; about three a week
OWN: tuple[str, ...] = (
    "Montag, 6:40 Uhr, Halle 2: Der erste Rahmen der Woche bekommt seine Nummer. Wer errät, welche Farbe er wird? #Lastenrad",
    "Unsere Auszubildende Tuba hat gestern ihr erstes Laufrad eingespeicht. Unwucht: 0,2 mm. Wir sind ein bisschen stolz.",
    "Heute antworten auf Ihre Fragen: Meike aus der Werkstatt und Sönke aus der Entwicklung. Fragen Sie!",
    "Warum unsere Kisten aus Esche sind? Weil man Holz reparieren kann. https://windhagen.example/esche",
    "Gegenwind gehört bei uns zum Prüfplan. Messfahrt auf dem Außendeich, 34 km/h von vorn. #Husum",
    "Gefragt wurde nach der englischen Anleitung: Sie ist da. Danke an alle, die gedrängelt haben. "
    "https://windhagen.example/manual",
    "Zum Ständer des Deich: Bitte nicht beladen abstellen. Wir tauschen alle kostenlos, Termine ab sofort beim Händler. "
    "Was passiert ist und was wir ändern: https://windhagen.example/staender",
    "Zwischenstand Ständer: 412 von 1.130 getauscht. Danke für Ihre Geduld. Wir berichten jeden Freitag.",
    "Ständer, letzter Stand: 1.098 getauscht. Wer noch fehlt: bitte kurz melden, wir kommen auch vorbei.",
    "Vier Lastenräder, neun Brote, ein Wettrennen: Bäckerei Nissen hat gewonnen. Wir fordern Revanche.",
    "Wir suchen jemanden, der Schweißnähte liest wie andere Leute Romane. Halle 1, Husum, ab Januar. #Stellenangebot",
    "Ein Rad von 2014 kam heute zurück: 41.000 km, zweite Kette, erster Rahmen. Besitzer will es nicht hergeben. Gut so.",
    "Sie fragen, wir messen: Reichweite im Winter. 38 km bei 2 °C, Stufe drei, 80 kg Zuladung.",
    "Werksführung am Freitag: noch sechs Plätze. Kinder dürfen hupen.",
)
# entries of a trade magazine's feed: title, text
ARTICLES: tuple[tuple[str, str], ...] = (
    ("Lastenräder im Test: Fünf Familienmodelle im Winter", "Wir haben fünf Räder zwei Wochen durch Matsch und Wind "
     "gefahren. Das Windhagen Deich überzeugt beim Fahrwerk, die Regenhaube dagegen nicht."),
    ("Mittelstand auf zwei Rädern", "Sechzig Leute, ein Deich, viel Wind: ein Besuch bei Windhagen in Husum, wo "
     "Rahmen noch im Haus geschweißt werden."),
    ("Rückruf: Windhagen tauscht Ständer des Modells Deich", "Nach mehreren Berichten über nachgebende Ständer "
     "tauscht der Hersteller alle Teile der Baujahre 2024 und 2025 kostenlos aus."),
    ("Kommentar: Wie man einen Rückruf erklärt", "Offen, mit Zahlen, jede Woche: Der Umgang von Windhagen mit dem "
     "Ständer-Rückruf könnte Schule machen."),
    ("Zahl des Monats: 250.000 neue Lastenräder", "Der Markt wächst weiter. Kleine Hersteller wie Windhagen halten "
     "mit Service dagegen."),
    ("Neue Förderung für Gewerberäder im Norden", "Betriebe bekommen bis zu einem Viertel des Preises erstattet. "
     "Was Bäckereien und Handwerker wissen müssen."),
    ("Leserfrage: Akku im Winter", "Wie weit kommt man bei zwei Grad? Wir haben nachgefragt und selbst gemessen."),
)  # fmt: skip
# What is planned: title for the team, text, days from today, time on the wall, networks. No day: a draft.
PLANNED: tuple[tuple[str, str, int | None, str, tuple[str, ...]], ...] = (
    ("Türchen, Teil 1", "Bis Weihnachten öffnen wir jeden Montag eine Kiste. In der ersten: wie aus einer Esche eine "
     "Kiste wird, in zwölf Bildern. #Lastenrad", 1, "09:15", ("bluesky", "mastodon")),
    ("Werkstatt fragt zurück", "Heute drehen wir es um: Meike und Sönke fragen Sie. Was war Ihre längste Fahrt mit "
     "Kindern in der Kiste, und wer hat zuerst gequengelt?", 2, "12:00", ("bluesky",)),
    ("Stelle Schweißen", "Wir suchen jemanden, der Schweißnähte liest wie andere Leute Romane. Halle 1, Husum, ab "
     "Januar. Fragen beantwortet Wiebke, auch abends. #Stellenangebot", 3, "17:30", ("bluesky", "mastodon")),
    ("Winterreichweite", "Sie fragten nach dem Akku im Winter. Wir haben gemessen: 38 km bei 2 °C, Stufe drei, 80 kg "
     "Zuladung, Wind von vorn. Die Messreihe: https://windhagen.example/winter", 5, "08:45", ("bluesky", "mastodon")),
    ("Becherhalter", "Ein Becherhalter, der Kopfsteinpflaster überlebt: Sie haben ihn sich gewünscht, wir haben drei "
     "gebaut. Welcher soll in Serie?", None, "", ("bluesky", "mastodon")),
    ("Revanche gegen Nissen", "Die Bäckerei hat das letzte Rennen gewonnen. Wir trainieren. Mit Roggen.", None, "",
     ("mastodon",)),
)  # fmt: skip
# What was due while the office's computer was off.
LATE = ("Wochenmarkt", "Morgen stehen wir mit zwei Hallig auf dem Wochenmarkt. Probefahrten von acht bis eins, "
        "Kaffee bringt Bäckerei Nissen mit.")  # fmt: skip
