<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>GSSCore</name>
  <message>
   <source>'{name}' is no sequence: use '{meant}', or another one of flair, t1ce, t1, t2.</source>
   <translation>„{name}“ ist keine Sequenz: Bitte „{meant}“ oder eine andere von flair, t1ce, t1, t2 angeben.</translation>
  </message>
  <message>
   <source>'{name}' is no sequence: use one of flair, t1ce, t1, t2.</source>
   <translation>„{name}“ ist keine Sequenz: Bitte flair, t1ce, t1 oder t2 angeben.</translation>
  </message>
  <message>
   <source>1 warning</source>
   <translation>1 Warnung</translation>
  </message>
  <message>
   <source>1 warning: see the report</source>
   <translation>1 Warnung: siehe Bericht</translation>
  </message>
  <message>
   <source>16 cases (validation) at 1 x 1 x 1 mm: BraTS-SSA-00012-000, BraTS-SSA-00028-000, BraTS-SSA-00049-000, BraTS-SSA-00051-000, BraTS-SSA-00122-000, BraTS2021_00005, BraTS2021_00006, BraTS2021_00019, BraTS2021_01478, BraTS2021_01481, BraTS2021_01661, Brats18_CBICA_AOP_1, Brats18_CBICA_ASG_1, Brats18_TCIA01_499_1, Brats18_TCIA03_265_1, Brats18_TCIA10_637_1. Dice of a region is 1 where both truth and prediction are empty, and 0 where only one of them is; these scores are part of the means. HD95 is 0 where both are empty, and 373.13 mm where only one of them is; these values are part of the means. Of the voxels within 5 mm of predicted or true tumour, those of a confidence level: which share has the expert's label, and in brackets, which share of the voxels has that level. Voxels of all cases are counted together. Without FLAIR, or with nothing else, there is no level between low and agreed.</source>
   <translation>16 Fälle (Validierung) bei 1 x 1 x 1 mm: BraTS-SSA-00012-000, BraTS-SSA-00028-000, BraTS-SSA-00049-000, BraTS-SSA-00051-000, BraTS-SSA-00122-000, BraTS2021_00005, BraTS2021_00006, BraTS2021_00019, BraTS2021_01478, BraTS2021_01481, BraTS2021_01661, Brats18_CBICA_AOP_1, Brats18_CBICA_ASG_1, Brats18_TCIA01_499_1, Brats18_TCIA03_265_1, Brats18_TCIA10_637_1. Der Dice-Wert einer Region ist 1, wo Expertensegmentierung und Ergebnis leer sind, und 0, wo nur eines leer ist; diese Werte gehen in die Mittel ein. HD95 ist 0, wo beide leer sind, und 373.13 mm, wo nur eines leer ist; auch diese Werte gehen ein. Für die Voxel im Abstand von bis zu 5 mm vom gefundenen oder wahren Tumor, je Stufe der Konfidenz: welcher Anteil das Label des Experten hat und, in Klammern, welcher Anteil der Voxel diese Stufe hat. Die Voxel aller Fälle sind zusammen gezählt. Ohne FLAIR, oder mit nichts anderem, gibt es keine Stufe zwischen gering und einig.</translation>
  </message>
  <message>
   <source>? and dashed: not to be relied on</source>
   <translation>? und gestrichelt: nicht verlässlich</translation>
  </message>
  <message>
   <source>A brain mask was given for images that are to be taken as prepared, where it has no effect: leave it out, or ask for raw.</source>
   <translation>Für Bilder, die als vorbereitet gelten sollen, wurde eine Hirnmaske angegeben, die dort nichts bewirkt: Lassen Sie sie weg, oder wählen Sie Rohdaten.</translation>
  </message>
  <message>
   <source>A brain mask was given, and is used.</source>
   <translation>Eine Hirnmaske wurde angegeben und wird verwendet.</translation>
  </message>
  <message>
   <source>A grid of {shape} voxels of {spacing} mm has more than the {most} million that are made; correct the spacing of the images.</source>
   <translation>Ein Raster von {shape} Voxeln zu {spacing} mm hat mehr als die {most} Millionen, die angelegt werden; bitte den Voxelabstand der Bilder berichtigen.</translation>
  </message>
  <message>
   <source>Aggregator</source>
   <translation>Zwischensummen</translation>
  </message>
  <message>
   <source>Agreed</source>
   <translation>Einig</translation>
  </message>
  <message>
   <source>At the network's spacing nothing is left of the images: they show less than one of its voxels; check their spacing.</source>
   <translation>Im Voxelabstand des Netzes bleibt von den Bildern nichts übrig, sie zeigen weniger als eines seiner Voxel; bitte ihren Voxelabstand prüfen.</translation>
  </message>
  <message>
   <source>Axial</source>
   <translation>Axial</translation>
  </message>
  <message>
   <source>Axial slices through the tumour with its contours</source>
   <translation>Axiale Schichten durch den Tumor mit seinen Konturen</translation>
  </message>
  <message>
   <source>Batch</source>
   <translation>Teilvolumina auf einmal</translation>
  </message>
  <message>
   <source>Brain</source>
   <translation>Gehirn</translation>
  </message>
  <message>
   <source>Brain found</source>
   <translation>Gefundenes Gehirn</translation>
  </message>
  <message>
   <source>Brain mask: an array of shape {shape} with an affine {fault} was given; give a three-dimensional one with its affine.</source>
   <translation>Gehirnmaske: Es wurde ein Array der Form {shape} mit einer Affinen gegeben ({fault}); bitte ein dreidimensionales mit seiner Affinen angeben.</translation>
  </message>
  <message>
   <source>Brain mask: it and the brain that is found in the scans have a Dice of {dice:.2f} only; check that it is the brain's, and this patient's.</source>
   <translation>Gehirnmaske: Sie und das in den Aufnahmen gefundene Gehirn haben nur einen Dice von {dice:.2f}; prüfen Sie, ob sie das Gehirn zeigt und von diesem Patienten ist.</translation>
  </message>
  <message>
   <source>Brain mask: {file} holds {count} different values; give a mask with 0 outside the brain and one other value, such as 1, inside.</source>
   <translation>Gehirnmaske: {file} enthält {count} verschiedene Werte; bitte eine Maske mit 0 außerhalb des Gehirns und einem anderen Wert, etwa 1, darin angeben.</translation>
  </message>
  <message>
   <source>Brain mask: {file} holds {ml:.0f} ml, a brain {least:.0f} to {most:.0f} ml; give the mask of a brain.</source>
   <translation>Gehirnmaske: {file} umfasst {ml:.0f} ml, ein Gehirn {least:.0f} bis {most:.0f} ml; bitte die Maske eines Gehirns angeben.</translation>
  </message>
  <message>
   <source>Brain mask: {share:.0%} of {file} lie within {sequence}, at least {least:.0%} are wanted; give a mask in the space of that scan.</source>
   <translation>Gehirnmaske: {share:.0%} von {file} liegen in {sequence}, mindestens {least:.0%} müssen es sein; bitte eine Maske im Raum dieser Aufnahme angeben.</translation>
  </message>
  <message>
   <source>Brain that was used</source>
   <translation>Verwendetes Gehirn</translation>
  </message>
  <message>
   <source>Brain that was used: {ml:.0f} ml, by the brain mask that was given.</source>
   <translation>Verwendetes Gehirn: {ml:.0f} ml, nach der angegebenen Hirnmaske.</translation>
  </message>
  <message>
   <source>Brain that was used: {ml:.0f} ml, by the brain network, from all sequences that are used.</source>
   <translation>Verwendetes Gehirn: {ml:.0f} ml, vom Hirnnetz gefunden, aus allen verwendeten Sequenzen.</translation>
  </message>
  <message>
   <source>Brain tumour segmentation</source>
   <translation>Hirntumor-Segmentierung</translation>
  </message>
  <message>
   <source>Brightness</source>
   <translation>Helligkeit</translation>
  </message>
  <message>
   <source>Case:</source>
   <translation>Fall:</translation>
  </message>
  <message>
   <source>Clean-up removed {count} tumour components of less than {least:g} ml each, {ml:.2f} ml together.</source>
   <translation>Die Bereinigung hat {count} Tumorteile von jeweils weniger als {least:g} ml entfernt, zusammen {ml:.2f} ml.</translation>
  </message>
  <message>
   <source>Clean-up turned {count} components of enhancing tumour of less than {least:g} ml each, {ml:.2f} ml together, into necrotic and non-enhancing core.</source>
   <translation>Die Bereinigung hat {count} Kontrastmittel aufnehmende Teile von jeweils weniger als {least:g} ml, zusammen {ml:.2f} ml, als nekrotischen und nicht KM-aufnehmenden Tumorkern (NCR) gewertet.</translation>
  </message>
  <message>
   <source>Confidence</source>
   <translation>Konfidenz</translation>
  </message>
  <message>
   <source>Connected parts of enhancing tumour smaller than this become necrotic and non-enhancing core (NCR); 0 is off.</source>
   <translation>Zusammenhängende Kontrastmittel aufnehmende Tumoranteile, die kleiner sind, werden als nekrotischer und nicht KM-aufnehmender Tumorkern (NCR) gewertet; 0 schaltet es aus.</translation>
  </message>
  <message>
   <source>Connected parts of tumour smaller than this become background; 0 is off.</source>
   <translation>Zusammenhängende Tumoranteile, die kleiner sind, werden zu Hintergrund; 0 schaltet es aus.</translation>
  </message>
  <message>
   <source>Contours</source>
   <translation>Konturen</translation>
  </message>
  <message>
   <source>Copies of raw volumes, each under a transform that lays it on the reference; their voxels are as they were.</source>
   <translation>Kopien der Rohaufnahmen, jede unter einer Transformation, die sie auf die Referenz legt; ihre Voxel bleiben, wie sie waren.</translation>
  </message>
  <message>
   <source>Coronal</source>
   <translation>Koronar</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>Gerät</translation>
  </message>
  <message>
   <source>Dice to the truth</source>
   <translation>Dice-Wert zur Expertensegmentierung</translation>
  </message>
  <message>
   <source>ET is not to be relied on: without T1ce nothing shows enhancement. Add T1ce, or disregard ET.</source>
   <translation>ET ist nicht verlässlich: Ohne T1ce ist keine Kontrastmittelaufnahme zu erkennen. Bitte T1ce hinzufügen oder ET nicht beachten.</translation>
  </message>
  <message>
   <source>Each scan with the brain's outline, and with the edges of the reference on it</source>
   <translation>Jede Aufnahme mit dem Umriss des Gehirns und mit den Kanten der Referenz darauf</translation>
  </message>
  <message>
   <source>Edges of {reference} on the others</source>
   <translation>Kanten von {reference} auf den anderen</translation>
  </message>
  <message>
   <source>Encode</source>
   <translation>Kodieren</translation>
  </message>
  <message>
   <source>Every contour needs to be checked by someone qualified to.</source>
   <translation>Jede Kontur muss von einer dazu qualifizierten Person geprüft werden.</translation>
  </message>
  <message>
   <source>Expected Dice</source>
   <translation>Erwarteter Dice-Wert</translation>
  </message>
  <message>
   <source>Expected Dice: the mean that this network reached from {subset} on other cases; a single case may be far from it.</source>
   <translation>Erwarteter Dice-Wert: der Mittelwert, den dieses Netz mit {subset} bei anderen Fällen erreicht hat; ein einzelner Fall kann weit davon abweichen.</translation>
  </message>
  <message>
   <source>Expected accuracy</source>
   <translation>Erwartete Genauigkeit</translation>
  </message>
  <message>
   <source>FLAIR or all others are sure</source>
   <translation>FLAIR oder alle übrigen sind sicher</translation>
  </message>
  <message>
   <source>File</source>
   <translation>Datei</translation>
  </message>
  <message>
   <source>Folder of a network of your own, with card.json and weights.safetensors; by default the shipped one.</source>
   <translation>Ordner eines eigenen Netzes mit card.json und weights.safetensors; sonst das mitgelieferte Netz.</translation>
  </message>
  <message>
   <source>From raw scans</source>
   <translation>Aus Rohaufnahmen</translation>
  </message>
  <message>
   <source>From {used}; missing: none</source>
   <translation>Mit {used}; es fehlt keine</translation>
  </message>
  <message>
   <source>From {used}; missing: {missing}</source>
   <translation>Mit {used}; es fehlen: {missing}</translation>
  </message>
  <message>
   <source>Grid</source>
   <translation>Raster</translation>
  </message>
  <message>
   <source>Guided</source>
   <translation>Gestützt</translation>
  </message>
  <message>
   <source>How accurate the network is on raw scans has been measured on few studies only, so no Dice is expected here; check every contour.</source>
   <translation>Wie genau das Netz auf Rohdaten ist, wurde erst an wenigen Studien gemessen, daher wird hier kein Dice erwartet; prüfen Sie jede Kontur.</translation>
  </message>
  <message>
   <source>How it was computed</source>
   <translation>Berechnung</translation>
  </message>
  <message>
   <source>How the head lies could not be told from the brain, so it is taken as it lies; look at the brain mask.</source>
   <translation>Aus dem Gehirn ließ sich nicht ablesen, wie der Kopf liegt; er wird genommen, wie er liegt. Sehen Sie sich die Gehirnmaske an.</translation>
  </message>
  <message>
   <source>Inference settings: {name} is a number in {interval}, not {value}.</source>
   <translation>Einstellungen: {name} ist eine Zahl in {interval}, nicht {value}.</translation>
  </message>
  <message>
   <source>Inference settings: {name} is a text, not {value}.</source>
   <translation>Einstellungen: {name} ist ein Text, nicht {value}.</translation>
  </message>
  <message>
   <source>Inference settings: {name} is a whole number in {interval}, not {value}.</source>
   <translation>Einstellungen: {name} ist eine ganze Zahl in {interval}, nicht {value}.</translation>
  </message>
  <message>
   <source>Inference settings: {name} is one of {choices}, not {value}.</source>
   <translation>Einstellungen: {name} ist eines von {choices}, nicht {value}.</translation>
  </message>
  <message>
   <source>Inference settings: {name} is {count} numbers in {interval}, not {value}.</source>
   <translation>Einstellungen: {name} besteht aus {count} Zahlen in {interval}, nicht aus {value}.</translation>
  </message>
  <message>
   <source>Inference settings: {name} is {count} whole numbers in {interval}, not {value}.</source>
   <translation>Einstellungen: {name} besteht aus {count} ganzen Zahlen in {interval}, nicht aus {value}.</translation>
  </message>
  <message>
   <source>Inputs</source>
   <translation>Eingaben</translation>
  </message>
  <message>
   <source>It leaves specks, with all four modalities about one false lesion of the whole tumour and four of enhancing tumour a case: lesion-wise scores count them, `--minimum-component-ml` takes them away.</source>
   <translation>Es lässt kleine Flecken stehen, mit allen vier Sequenzen je Fall etwa eine falsche Läsion des ganzen Tumors und vier des Kontrastmittel aufnehmenden: Läsionsbezogene Maße zählen sie mit, `--minimum-component-ml` entfernt sie.</translation>
  </message>
  <message>
   <source>Licence</source>
   <translation>Lizenz</translation>
  </message>
  <message>
   <source>Limits</source>
   <translation>Grenzen</translation>
  </message>
  <message>
   <source>Longest diameters</source>
   <translation>Längste Durchmesser</translation>
  </message>
  <message>
   <source>Longest diameters, mm</source>
   <translation>Längste Durchmesser, mm</translation>
  </message>
  <message>
   <source>Longest diameters: the longest line in an axial slice between two points of one part of the region, and the longest one at a right angle to it there, from edge to edge; measured on the contours, not by a reader.</source>
   <translation>Längste Durchmesser: die längste Strecke in einer axialen Schicht zwischen zwei Punkten eines zusammenhängenden Teils der Region und die längste im rechten Winkel dazu, von Rand zu Rand; an den Konturen gemessen, nicht von Hand.</translation>
  </message>
  <message>
   <source>Low</source>
   <translation>Gering</translation>
  </message>
  <message>
   <source>Made for pre-operative glioma of adults: not for operated heads, children, metastases, meningioma or other lesions, on which it was never tried.</source>
   <translation>Gemacht für Gliome Erwachsener vor der Operation: nicht für operierte Köpfe, Kinder, Metastasen, Meningeome oder andere Läsionen, an denen es nie erprobt wurde.</translation>
  </message>
  <message>
   <source>Made {time} by {network}</source>
   <translation>Erstellt {time} von {network}</translation>
  </message>
  <message>
   <source>Map of where the sequences agree, which takes most of the network's time.</source>
   <translation>Karte, die zeigt, wo die Sequenzen übereinstimmen; sie braucht den größten Teil der Rechenzeit des Netzes.</translation>
  </message>
  <message>
   <source>Mean of predictions from</source>
   <translation>Mittel der Vorhersagen aus</translation>
  </message>
  <message>
   <source>Measured on {source}.</source>
   <translation>Gemessen an: {source}.</translation>
  </message>
  <message>
   <source>Measurements</source>
   <translation>Messwerte</translation>
  </message>
  <message>
   <source>Memory does not suffice for this study on {device}, even in windows of {window} voxels, one at a time: close other programs, take a machine with more memory, or choose still smaller windows (--window), which may cost accuracy.</source>
   <translation>Der Speicher von {device} reicht für diese Untersuchung nicht, auch nicht in einzelnen Teilvolumina von {window} Voxeln: Bitte andere Programme schließen, einen Rechner mit mehr Speicher nehmen oder noch kleinere Teilvolumina wählen (--window), was Genauigkeit kosten kann.</translation>
  </message>
  <message>
   <source>Memory does not suffice for this study: close other programs, or take a machine with more memory.</source>
   <translation>Der Speicher reicht für diese Untersuchung nicht: Bitte andere Programme schließen oder einen Rechner mit mehr Speicher nehmen.</translation>
  </message>
  <message>
   <source>Missing:</source>
   <translation>Fehlend:</translation>
  </message>
  <message>
   <source>Missing: {packages}. Install them from the module's panel (Apply asks first), or run `{command}`.</source>
   <translation>Es fehlt: {packages}. „Anwenden“ im Modul installiert es auf Nachfrage, oder dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>Modality</source>
   <translation>Sequenz</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>Nested regions, which contain each other (whole tumour WT, tumour core TC, enhancing tumour ET), instead of sub-regions, which exclude each other (necrotic core NCR, oedema ED, enhancing tumour ET).</source>
   <translation>Verschachtelte Regionen, die einander enthalten (gesamter Tumor WT, Tumorkern TC, Kontrastmittel aufnehmender Tumoranteil ET), statt Teilregionen, die einander ausschließen (nekrotischer Tumorkern NCR, Ödem ED, Kontrastmittel aufnehmender Tumoranteil ET).</translation>
  </message>
  <message>
   <source>Network</source>
   <translation>Netz</translation>
  </message>
  <message>
   <source>Network {folder}: {file} can't be read ({fault}): get the network anew.</source>
   <translation>Netz {folder}: {file} lässt sich nicht lesen ({fault}): Bitte das Netz neu beschaffen.</translation>
  </message>
  <message>
   <source>Network {folder}: {file} can't be read ({fault}); name a network's folder.</source>
   <translation>Netz {folder}: {file} lässt sich nicht lesen ({fault}); bitte den Ordner eines Netzes angeben.</translation>
  </message>
  <message>
   <source>Network {folder}: {file} describes a network for {found}, and one for {wanted} is wanted; name another folder.</source>
   <translation>Netz {folder}: {file} beschreibt ein Netz für {found}, gebraucht wird eines für {wanted}; bitte einen anderen Ordner angeben.</translation>
  </message>
  <message>
   <source>Network {folder}: {file} does not fit {network} ({name}): get the network anew.</source>
   <translation>Netz {folder}: {file} passt nicht zu {network} ({name}): Bitte das Netz neu beschaffen.</translation>
  </message>
  <message>
   <source>Network {folder}: {file} is damaged ({fault}): get the network anew.</source>
   <translation>Netz {folder}: {file} ist beschädigt ({fault}): Bitte das Netz neu beschaffen.</translation>
  </message>
  <message>
   <source>Network {folder}: {file} is malformed ({fault}); get the network anew.</source>
   <translation>Netz {folder}: {file} ist fehlerhaft ({fault}); bitte das Netz neu beschaffen.</translation>
  </message>
  <message>
   <source>Network {folder}: {file} is not what the card says (SHA-256 differs): get the network anew.</source>
   <translation>Netz {folder}: {file} stimmt nicht mit der Angabe in card.json überein (anderer SHA-256-Wert): Bitte das Netz neu beschaffen.</translation>
  </message>
  <message>
   <source>Network {folder}: {file} is of version {version}, this program reads {known}; use a network made for this version.</source>
   <translation>Netz {folder}: {file} hat die Version {version}, dieses Programm liest {known}; bitte ein Netz für diese Version verwenden.</translation>
  </message>
  <message>
   <source>Network {folder}: {file} names options that a brain network does not have ({fault}); get the network anew.</source>
   <translation>Netz {folder}: {file} nennt Optionen, die ein Gehirnnetz nicht hat ({fault}); bitte das Netz neu beschaffen.</translation>
  </message>
  <message>
   <source>Network {folder}: {name} holds values that are not finite: get the network anew.</source>
   <translation>Netz {folder}: {name} enthält Werte, die keine Zahlen sind: Bitte das Netz neu beschaffen.</translation>
  </message>
  <message>
   <source>Network {folder}: {name} is {found}, not {wanted}: get the network anew.</source>
   <translation>Netz {folder}: {name} ist {found} statt {wanted}: Bitte das Netz neu beschaffen.</translation>
  </message>
  <message>
   <source>Network {name}: its options are not what it takes ({fault}): correct them.</source>
   <translation>Netz {name}: Seine Optionen sind nicht die, die es kennt ({fault}): Bitte berichtigen.</translation>
  </message>
  <message>
   <source>Network:</source>
   <translation>Netz:</translation>
  </message>
  <message>
   <source>Network: the folder {folder} holds no {card}; name the folder of a network.</source>
   <translation>Netz: Im Ordner {folder} liegt keine Datei {card}; bitte den Ordner eines Netzes angeben.</translation>
  </message>
  <message>
   <source>Network: there is no folder {folder}; name the folder of a network, with {card} in it.</source>
   <translation>Netz: Den Ordner {folder} gibt es nicht; bitte den Ordner eines Netzes angeben, in dem {card} liegt.</translation>
  </message>
  <message>
   <source>Network: there is no folder {folder}; that is the name of an architecture, of which no trained network is shipped: train one, and name its folder.</source>
   <translation>Netz: Den Ordner {folder} gibt es nicht; so heißt eine Architektur, zu der kein trainiertes Netz mitgeliefert wird: Bitte eines trainieren und seinen Ordner angeben.</translation>
  </message>
  <message>
   <source>Network: there is no folder {folder}; the shipped network of that name is taken where none is named, so leave this out, or name the folder of another network.</source>
   <translation>Netz: Den Ordner {folder} gibt es nicht; das mitgelieferte Netz dieses Namens wird genommen, wenn nichts angegeben ist: Bitte das Feld leeren oder den Ordner eines anderen Netzes angeben.</translation>
  </message>
  <message>
   <source>Network: {file} is a file; name the folder of a network, with {card} in it.</source>
   <translation>Netz: {file} ist eine Datei; bitte den Ordner eines Netzes angeben, in dem {card} liegt.</translation>
  </message>
  <message>
   <source>Network: {folder} can't be read ({reason}); check its permissions.</source>
   <translation>Netz: {folder} lässt sich nicht lesen ({reason}); bitte die Zugriffsrechte prüfen.</translation>
  </message>
  <message>
   <source>Network: {folder} is the folder of a training; name the network in it, {network}.</source>
   <translation>Netz: {folder} ist der Ordner eines Trainings; bitte das Netz darin angeben, {network}.</translation>
  </message>
  <message>
   <source>No Dice can be expected: what was measured of this network holds for sound images only.</source>
   <translation>Ein Dice-Wert lässt sich nicht erwarten: Was an diesem Netz gemessen wurde, gilt nur für einwandfreie Bilder.</translation>
  </message>
  <message>
   <source>No sequence was given: name at least one file out of FLAIR, T1ce, T1 and T2.</source>
   <translation>Es wurde keine Sequenz angegeben: Bitte mindestens eine von FLAIR, T1ce, T1 und T2 angeben.</translation>
  </message>
  <message>
   <source>No tumour was found: the planes</source>
   <translation>Es wurde kein Tumor gefunden: Die Ebenen</translation>
  </message>
  <message>
   <source>No volume was given: choose at least one of FLAIR, T1ce, T1 and T2.</source>
   <translation>Es ist kein Volumen ausgewählt: Bitte mindestens eines von FLAIR, T1ce, T1 und T2 wählen.</translation>
  </message>
  <message>
   <source>Nothing can be written to {folder} ({reason}): check its permissions, or choose another folder.</source>
   <translation>In {folder} kann nichts geschrieben werden ({reason}): Bitte die Zugriffsrechte prüfen oder einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>Nothing can be written to {folder}, for a file, or a broken link, is in its place: choose another folder.</source>
   <translation>In {folder} kann nichts geschrieben werden, denn an seiner Stelle liegt eine Datei oder eine unterbrochene Verknüpfung: Bitte einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>Nothing has been measured of this network's accuracy from {subset}.</source>
   <translation>Zur Genauigkeit dieses Netzes mit {subset} liegt keine Messung vor.</translation>
  </message>
  <message>
   <source>Nothing was installed, and {packages} is still missing. To install it by hand, run `{command}`.</source>
   <translation>Es wurde nichts installiert, {packages} fehlt weiterhin. Von Hand installiert es dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>Nothing was written to {folder} ({reason}): check that it is a folder you may write to, or choose another one.</source>
   <translation>In {folder} wurde nichts geschrieben ({reason}): Bitte prüfen, ob dort geschrieben werden darf, oder einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>Nothing was written to {folder} ({reason}): free some space there, or choose another folder.</source>
   <translation>In {folder} wurde nichts geschrieben ({reason}): Bitte dort Platz schaffen oder einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>On {device} bf16 gives only {share:.1%} of a window the labels of fp32 (largest deviation {deviation:.2f}): fp32 was used instead.</source>
   <translation>Auf {device} stimmt bf16 nur in {share:.1%} eines Teilvolumens mit fp32 überein (größte Abweichung {deviation:.2f}): Es wurde mit fp32 gerechnet.</translation>
  </message>
  <message>
   <source>On {device} bf16 gives only {share:.1%} of a window the labels of fp32 (largest deviation {deviation:.2f}): it was used because it was asked for; precision fp32 is safer.</source>
   <translation>Auf {device} stimmt bf16 nur in {share:.1%} eines Teilvolumens mit fp32 überein (größte Abweichung {deviation:.2f}): Es wurde benutzt, weil es verlangt war; sicherer ist fp32.</translation>
  </message>
  <message>
   <source>Out of memory on {device}: went on with 1 window at a time.</source>
   <translation>Der Speicher von {device} reichte nicht: weiter mit einem Teilvolumen auf einmal.</translation>
  </message>
  <message>
   <source>Out of memory on {device}: went on with the CPU.</source>
   <translation>Der Speicher von {device} reichte nicht: weiter auf der CPU.</translation>
  </message>
  <message>
   <source>Out of memory on {device}: went on with the aggregator on the CPU.</source>
   <translation>Der Speicher von {device} reichte nicht: Die Zwischensummen liegen jetzt auf der CPU.</translation>
  </message>
  <message>
   <source>Out of memory on {device}: went on with windows of {window} voxels, which may cost accuracy.</source>
   <translation>Der Speicher von {device} reichte nicht: weiter mit Teilvolumina von {window} Voxeln, was Genauigkeit kosten kann.</translation>
  </message>
  <message>
   <source>Out of memory on {device}: went on with {batch} windows at a time.</source>
   <translation>Der Speicher von {device} reichte nicht: weiter mit {batch} Teilvolumina auf einmal.</translation>
  </message>
  <message>
   <source>Outside Slicer nothing is installed. Run `{command}`.</source>
   <translation>Außerhalb von Slicer wird nichts installiert. Es hilft dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>Overlap</source>
   <translation>Überlappung</translation>
  </message>
  <message>
   <source>Parts of ET kept</source>
   <translation>Behaltene ET-Teile</translation>
  </message>
  <message>
   <source>Parts of tumour kept</source>
   <translation>Behaltene Tumorteile</translation>
  </message>
  <message>
   <source>Pictures</source>
   <translation>Bilder</translation>
  </message>
  <message>
   <source>Pose</source>
   <translation>Lage</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>Rechengenauigkeit</translation>
  </message>
  <message>
   <source>Preprocess</source>
   <translation>Vorbereiten</translation>
  </message>
  <message>
   <source>PyTorch is installed by Slicer's PyTorch extension, which is missing: install 'PyTorch' in the Extensions Manager and restart Slicer, or run `{command}`.</source>
   <translation>PyTorch wird von der Slicer-Erweiterung PyTorch installiert, und diese fehlt: Bitte „PyTorch“ im Extensions Manager installieren und Slicer neu starten, oder diesen Befehl ausführen: `{command}`.</translation>
  </message>
  <message>
   <source>PyTorch was not installed. To install it by hand, run `{command}`.</source>
   <translation>PyTorch wurde nicht installiert. Von Hand installiert es dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>PythonSlicer, which comes with Slicer, is not to be found: install Slicer again.</source>
   <translation>PythonSlicer, das zu Slicer gehört, ist nicht zu finden: Bitte Slicer neu installieren.</translation>
  </message>
  <message>
   <source>Radiological convention: the patient's right is on the left of the picture.</source>
   <translation>Radiologische Konvention: Die rechte Seite des Patienten ist links im Bild.</translation>
  </message>
  <message>
   <source>Refuse the study, rather than leave a sequence out, where no brain is found in one or its registration fails.</source>
   <translation>Die Untersuchung ablehnen, statt eine Sequenz wegzulassen, in der kein Gehirn gefunden wird oder deren Registrierung misslingt.</translation>
  </message>
  <message>
   <source>Region</source>
   <translation>Region</translation>
  </message>
  <message>
   <source>Registration</source>
   <translation>Registrierung</translation>
  </message>
  <message>
   <source>Research tool, not for clinical use.</source>
   <translation>Forschungswerkzeug, nicht für den klinischen Einsatz.</translation>
  </message>
  <message>
   <source>Restore</source>
   <translation>Zurückrechnen</translation>
  </message>
  <message>
   <source>Sagittal</source>
   <translation>Sagittal</translation>
  </message>
  <message>
   <source>Seconds</source>
   <translation>Sekunden</translation>
  </message>
  <message>
   <source>Side</source>
   <translation>Seite</translation>
  </message>
  <message>
   <source>Side of the whole tumour: {side}.</source>
   <translation>Seite des gesamten Tumors: {side}.</translation>
  </message>
  <message>
   <source>SimpleITK, which registers raw scans and comes with Slicer, is not to be found: install Slicer again, or run `{command}`.</source>
   <translation>SimpleITK, das Rohaufnahmen registriert und zu Slicer gehört, wurde nicht gefunden: Bitte Slicer neu installieren oder `{command}` ausführen.</translation>
  </message>
  <message>
   <source>Slices</source>
   <translation>Schichten</translation>
  </message>
  <message>
   <source>Stage</source>
   <translation>Schritt</translation>
  </message>
  <message>
   <source>T1 and T1ce look swapped, as vessels and tumour are brighter in T1 than in T1ce: check which of the two was taken after contrast agent.</source>
   <translation>T1 und T1ce sehen vertauscht aus, denn Gefäße und Tumor sind in T1 heller als in T1ce: Bitte prüfen, welche der beiden nach Kontrastmittelgabe aufgenommen wurde.</translation>
  </message>
  <message>
   <source>The brain mask '{mask}' has no binary label map: make one in the module Segmentations.</source>
   <translation>Die Hirnmaske „{mask}“ hat keine binäre Labelmap: Bitte im Modul „Segmentations“ eine erzeugen.</translation>
  </message>
  <message>
   <source>The brain mask '{mask}' holds {count} segments: choose a segmentation with the brain alone, or call its segment Brain.</source>
   <translation>Die Hirnmaske „{mask}“ enthält {count} Segmente: Bitte eine Segmentierung wählen, die nur das Gehirn enthält, oder das Segment „Gehirn“ nennen.</translation>
  </message>
  <message>
   <source>The brain mask '{mask}' is empty: draw it.</source>
   <translation>Die Hirnmaske „{mask}“ ist leer: Bitte einzeichnen.</translation>
  </message>
  <message>
   <source>The brain mask '{mask}' is not in the scene of the volumes: choose another one.</source>
   <translation>Die Hirnmaske „{mask}“ ist nicht in der Szene der Volumina: Bitte eine andere wählen.</translation>
  </message>
  <message>
   <source>The brain mask '{mask}' lies under a transform that is not affine: harden the transform, or draw the mask anew.</source>
   <translation>Die Hirnmaske „{mask}“ liegt unter einer nicht affinen Transformation: Bitte diese anwenden („harden“) oder die Maske neu zeichnen.</translation>
  </message>
  <message>
   <source>The brain mask {given} is neither a segmentation nor a label map: choose one of these.</source>
   <translation>Die Hirnmaske {given} ist weder eine Segmentierung noch eine Labelmap: Bitte eine solche wählen.</translation>
  </message>
  <message>
   <source>The card's preprocessing is {values} and must have a spacing of three lengths in mm, and nothing else: correct the card.</source>
   <translation>Die Vorverarbeitung der Karte ist {values} und muss einen Voxelabstand aus drei Längen in mm haben, sonst nichts; bitte die Karte berichtigen.</translation>
  </message>
  <message>
   <source>The checks of the input and of the result found nothing to warn about.</source>
   <translation>Die Prüfungen von Eingabe und Ergebnis ergaben keine Warnung.</translation>
  </message>
  <message>
   <source>The device mps was asked for, but torch finds none here: choose auto or cpu.</source>
   <translation>Das Gerät mps wurde verlangt, torch findet hier aber keines: Bitte auto oder cpu wählen.</translation>
  </message>
  <message>
   <source>The device {device} cannot compute all that the network {network} needs ({fault}): the network ran on the CPU instead.</source>
   <translation>Das Gerät {device} kann nicht alles rechnen, was das Netz {network} braucht ({fault}): Das Netz lief stattdessen auf der CPU.</translation>
  </message>
  <message>
   <source>The device {device} is present but unusable ({fault}): the network ran on the CPU instead.</source>
   <translation>Das Gerät {device} ist vorhanden, aber nicht benutzbar ({fault}): Das Netz lief stattdessen auf der CPU.</translation>
  </message>
  <message>
   <source>The device {device} was asked for, but no NVIDIA device or driver answers: choose auto or cpu, or install the driver.</source>
   <translation>Das Gerät {device} wurde verlangt, es antwortet aber weder eine NVIDIA-Karte noch ein Treiber: Bitte auto oder cpu wählen oder den Treiber installieren.</translation>
  </message>
  <message>
   <source>The device {device} was asked for, but the last of this machine is {last}: choose that, auto or cpu.</source>
   <translation>Das Gerät {device} wurde verlangt, das letzte dieses Rechners ist aber {last}: Bitte dieses, auto oder cpu wählen.</translation>
  </message>
  <message>
   <source>The device {device} was asked for, but this build of torch is without CUDA: choose auto or cpu, or install a torch with CUDA.</source>
   <translation>Das Gerät {device} wurde verlangt, dieses torch ist aber ohne CUDA gebaut: Bitte auto oder cpu wählen oder ein torch mit CUDA installieren.</translation>
  </message>
  <message>
   <source>The device {device} was asked for, but {fault}: choose auto or cpu, or mend the driver.</source>
   <translation>Das Gerät {device} wurde verlangt, ist aber nicht benutzbar ({fault}): Bitte auto oder cpu wählen oder den Treiber instand setzen.</translation>
  </message>
  <message>
   <source>The files of the report lie where the volumes were when the segmentation started.</source>
   <translation>Die Dateien des Berichts liegen dort, wo die Volumina zu Beginn der Segmentierung lagen.</translation>
  </message>
  <message>
   <source>The head is tilted by {degrees} degrees; the network saw it upright.</source>
   <translation>Der Kopf ist um {degrees} Grad geneigt; das Netz hat ihn aufgerichtet gesehen.</translation>
  </message>
  <message>
   <source>The head lies within {degrees} degrees of the pose that the network learnt, and was not turned.</source>
   <translation>Der Kopf liegt keine {degrees} Grad von der Lage entfernt, die das Netz gelernt hat, und wurde nicht gedreht.</translation>
  </message>
  <message>
   <source>The images are skull-stripped and lie on each other: they are taken as they are.</source>
   <translation>Die Bilder zeigen nur das Gehirn und liegen aufeinander: Sie werden so genommen, wie sie sind.</translation>
  </message>
  <message>
   <source>The images are skull-stripped, but the brains do not lie on each other: they are registered.</source>
   <translation>Die Bilder zeigen nur das Gehirn, aber die Gehirne liegen nicht aufeinander: Sie werden registriert.</translation>
  </message>
  <message>
   <source>The images are taken as prepared, as was asked.</source>
   <translation>Die Bilder werden wie verlangt als vorbereitet genommen.</translation>
  </message>
  <message>
   <source>The images are treated as raw scans, as was asked.</source>
   <translation>Die Bilder werden wie verlangt als Rohdaten behandelt.</translation>
  </message>
  <message>
   <source>The images of {sequences} show a part of a brain, or of a head: the run looks closer, and registers and brain-extracts all images if it is of a head.</source>
   <translation>Die Bilder von {sequences} zeigen einen Teil eines Gehirns oder eines Kopfes: Beim Lauf wird genauer hingesehen; ist es ein Kopf, werden alle Bilder registriert und das Gehirn extrahiert.</translation>
  </message>
  <message>
   <source>The images of {sequences} show a whole head, the others a brain: all are registered, and the brain is extracted where it has to be.</source>
   <translation>Die Bilder von {sequences} zeigen einen ganzen Kopf, die anderen ein Gehirn: Alle werden registriert, und das Gehirn wird extrahiert, wo es nötig ist.</translation>
  </message>
  <message>
   <source>The images show whole heads: they are registered and brain-extracted.</source>
   <translation>Die Bilder zeigen ganze Köpfe: Sie werden registriert, und das Gehirn wird extrahiert.</translation>
  </message>
  <message>
   <source>The images show {ml:.1f} ml only, a piece of a brain: the network knows whole ones; give the whole volumes, and check their voxel size.</source>
   <translation>Die Bilder zeigen nur {ml:.1f} ml, ein Stück eines Gehirns; das Netz kennt ganze: Bitte die ganzen Volumina angeben und ihre Voxelgröße prüfen.</translation>
  </message>
  <message>
   <source>The network {network} put out values that are not finite: choose precision fp32, or get the network anew.</source>
   <translation>Das Netz {network} hat Werte ausgegeben, die keine Zahlen sind: Bitte die Rechengenauigkeit fp32 wählen oder das Netz neu beschaffen.</translation>
  </message>
  <message>
   <source>The output '{output}' holds other segments under another transform than the reference '{reference}': choose another output, or put both under the same transform.</source>
   <translation>Die Ausgabe „{output}“ enthält weitere Segmente unter einer anderen Transformation als die Referenz „{reference}“: Bitte eine andere Ausgabe wählen oder beide unter dieselbe Transformation legen.</translation>
  </message>
  <message>
   <source>The output '{output}' is not in the scene of the volumes: choose another one, or none for a new one.</source>
   <translation>Die Ausgabe „{output}“ gehört nicht zur Szene der Volumina: Bitte eine andere wählen, oder keine für eine neue.</translation>
  </message>
  <message>
   <source>The output {output} is no segmentation: choose a segmentation node, or none for a new one.</source>
   <translation>Die Ausgabe {output} ist keine Segmentierung: Bitte eine Segmentierung wählen, oder keine für eine neue.</translation>
  </message>
  <message>
   <source>The precision bf16 was asked for, but is not offered on mps: choose auto or fp32.</source>
   <translation>Die Rechengenauigkeit bf16 wurde verlangt, auf mps gibt es sie aber nicht: Bitte auto oder fp32 wählen.</translation>
  </message>
  <message>
   <source>The reference {reference} is not among the sequences given ({sequences}): choose one of these, or add its file.</source>
   <translation>Die Referenz {reference} ist nicht unter den angegebenen Sequenzen ({sequences}): Bitte eine von diesen wählen oder ihr Volumen angeben.</translation>
  </message>
  <message>
   <source>The reference {reference} is not among the volumes given ({given}): choose one of them.</source>
   <translation>Die Referenz {reference} ist nicht unter den ausgewählten Volumina ({given}): Bitte eines davon wählen.</translation>
  </message>
  <message>
   <source>The result holds no tumour, but the network knows brains with a glioma only: look at the images yourself.</source>
   <translation>Das Ergebnis enthält keinen Tumor, das Netz kennt aber nur Gehirne mit einem Gliom: Bitte die Bilder selbst ansehen.</translation>
  </message>
  <message>
   <source>The segmentation process ended with exit code {number}; the scene is as it was. It said nothing.</source>
   <translation>Der Segmentierungsprozess endete mit dem Code {number}; die Szene ist unverändert. Er hat keine Meldung hinterlassen.</translation>
  </message>
  <message>
   <source>The segmentation process ended with exit code {number}; the scene is as it was. Its last lines:
{log}.</source>
   <translation>Der Segmentierungsprozess endete mit dem Code {number}; die Szene ist unverändert. Seine letzten Zeilen:
{log}.</translation>
  </message>
  <message>
   <source>The segmentation process was killed by signal 9, as happens when memory runs out; the scene is as it was.</source>
   <translation>Der Segmentierungsprozess wurde durch Signal 9 beendet, wie es bei zu wenig Arbeitsspeicher geschieht; die Szene ist unverändert.</translation>
  </message>
  <message>
   <source>The segmentation process was killed by signal {signal}; the scene is as it was.</source>
   <translation>Der Segmentierungsprozess wurde durch Signal {signal} beendet; die Szene ist unverändert.</translation>
  </message>
  <message>
   <source>The segmentation was cancelled; nothing was written.</source>
   <translation>Die Segmentierung wurde abgebrochen; geschrieben wurde nichts.</translation>
  </message>
  <message>
   <source>The segmentation was cancelled; the scene is as it was.</source>
   <translation>Die Segmentierung wurde abgebrochen; die Szene ist unverändert.</translation>
  </message>
  <message>
   <source>The settings of its recipe were found on the 16 validation cases on which the table was measured, with earlier networks. On studies from elsewhere it was not tried; an earlier network did worse there.</source>
   <translation>Die Einstellungen seines Rezepts wurden an den 16 Validierungsfällen gefunden, an denen auch die Tabelle gemessen wurde, mit früheren Netzen. An Untersuchungen anderer Herkunft wurde es nicht erprobt; ein früheres Netz war dort schlechter.</translation>
  </message>
  <message>
   <source>The spacing {spacing} of the card's preprocessing is not three positive lengths in mm: correct the card.</source>
   <translation>Der Voxelabstand {spacing} in der Vorverarbeitung der Karte besteht nicht aus drei positiven Längen in mm; bitte die Karte berichtigen.</translation>
  </message>
  <message>
   <source>The truth {file} does not overlap the study; name that of the same patient.</source>
   <translation>Die Expertensegmentierung {file} überlappt nicht mit der Untersuchung; bitte die desselben Patienten angeben.</translation>
  </message>
  <message>
   <source>The volume '{volume}' was given as {first} and as {second}: choose another one for one of them, or none.</source>
   <translation>Das Volumen „{volume}“ ist als {first} und als {second} ausgewählt: Bitte für eine der beiden Sequenzen ein anderes oder keines wählen.</translation>
  </message>
  <message>
   <source>The volumes can't be written to {folder} ({reason}): free some space there, or choose another temporary folder.</source>
   <translation>Die Volumina lassen sich nicht in {folder} schreiben ({reason}): Bitte dort Platz schaffen oder einen anderen temporären Ordner wählen.</translation>
  </message>
  <message>
   <source>The volumes were moved together while the segmentation ran; the segments lie where the volumes lie now.</source>
   <translation>Die Volumina wurden während der Segmentierung gemeinsam bewegt; die Segmente liegen dort, wo die Volumina jetzt liegen.</translation>
  </message>
  <message>
   <source>There is no network called '{name}': choose one of {names}.</source>
   <translation>Ein Netz namens „{name}“ gibt es nicht: Bitte eines von {names} wählen.</translation>
  </message>
  <message>
   <source>There is no setting '{name}': there are {known}.</source>
   <translation>Es gibt keine Einstellung „{name}“; es gibt {known}.</translation>
  </message>
  <message>
   <source>There is no setting '{name}'; '{near}' may be meant.</source>
   <translation>Es gibt keine Einstellung „{name}“; gemeint ist vielleicht „{near}“.</translation>
  </message>
  <message>
   <source>This {device} only emulates bf16, slowly: precision auto or fp32 is faster here.</source>
   <translation>Dieses Gerät ({device}) bildet bf16 nur langsam nach: Die Rechengenauigkeit auto oder fp32 ist hier schneller.</translation>
  </message>
  <message>
   <source>Three planes through the tumour, without and with its contours</source>
   <translation>Drei Ebenen durch den Tumor, ohne und mit Konturen</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>Zeit</translation>
  </message>
  <message>
   <source>Time that the registration of one sequence may take; a sequence that needs longer is left out.</source>
   <translation>Zeit, die die Registrierung einer Sequenz dauern darf; eine Sequenz, die länger braucht, wird weggelassen.</translation>
  </message>
  <message>
   <source>Together</source>
   <translation>Zusammen</translation>
  </message>
  <message>
   <source>Truth: {file}</source>
   <translation>Expertensegmentierung: {file}</translation>
  </message>
  <message>
   <source>Two brain masks were given, a node and a file: leave one of them out.</source>
   <translation>Zwei Hirnmasken wurden gewählt, ein Knoten und eine Datei: Bitte eine davon weglassen.</translation>
  </message>
  <message>
   <source>Use</source>
   <translation>Verwendung</translation>
  </message>
  <message>
   <source>Used:</source>
   <translation>Verwendet:</translation>
  </message>
  <message>
   <source>Versions</source>
   <translation>Versionen</translation>
  </message>
  <message>
   <source>Volume, ml</source>
   <translation>Volumen, ml</translation>
  </message>
  <message>
   <source>WT is NCR, ED and ET together; TC is NCR and ET.</source>
   <translation>WT ist NCR, ED und ET zusammen; TC ist NCR und ET.</translation>
  </message>
  <message>
   <source>Wants skull-stripped, registered images; it was trained at 1 mm.</source>
   <translation>Braucht hirnextrahierte, koregistrierte Bilder; es wurde bei 1 mm trainiert.</translation>
  </message>
  <message>
   <source>Weights</source>
   <translation>Gewichte</translation>
  </message>
  <message>
   <source>What the images are: prepared ones are skull-stripped and registered and are taken as they are, raw ones are registered and brain-extracted; auto looks at them.</source>
   <translation>Was die Bilder sind: Vorbereitete sind hirnextrahiert und registriert und werden so verwendet, wie sie sind; Rohaufnahmen werden registriert, und das Gehirn wird extrahiert; „Automatisch“ sieht sie sich an.</translation>
  </message>
  <message>
   <source>Where the network runs: auto takes a GPU that can be used, else the CPU.</source>
   <translation>Worauf das Netz läuft: „Automatisch“ nimmt eine nutzbare GPU, sonst die CPU.</translation>
  </message>
  <message>
   <source>Window</source>
   <translation>Teilvolumen</translation>
  </message>
  <message>
   <source>With all four modalities it drew the whole tumour too small in 12 of the 16 validation cases, by 11 ml on average, and the core by 10 ml; in two cases with less than 2 ml of enhancing tumour it called 4 and 9 ml enhancing, and in one it took 72 of 93 ml of core for oedema.</source>
   <translation>Mit allen vier Sequenzen zeichnete es den ganzen Tumor in 12 der 16 Validierungsfälle zu klein, im Mittel um 11 ml, und den Kern um 10 ml; in zwei Fällen mit weniger als 2 ml Kontrastmittel aufnehmendem Tumoranteil wertete es 4 und 9 ml als Kontrastmittel aufnehmend, und in einem hielt es 72 von 93 ml des Kerns für Ödem.</translation>
  </message>
  <message>
   <source>Without T1ce nothing shows enhancement: Dice of ET is then 0.45 to 0.51. From T1 or T1ce alone it misses a part of the oedema (Dice of WT 0.79).</source>
   <translation>Ohne T1ce ist keine Kontrastmittelaufnahme zu erkennen: Der Dice-Wert von ET liegt dann bei 0.45 bis 0.51. Mit T1 oder T1ce allein entgeht ihm ein Teil des Ödems (Dice-Wert von WT 0.79).</translation>
  </message>
  <message>
   <source>all, no clean-up</source>
   <translation>alle, keine Bereinigung</translation>
  </message>
  <message>
   <source>an array in memory</source>
   <translation>ein Array im Speicher</translation>
  </message>
  <message>
   <source>at the midline</source>
   <translation>an der Mittellinie</translation>
  </message>
  <message>
   <source>axial slices from below upwards</source>
   <translation>axiale Schichten von unten nach oben</translation>
  </message>
  <message>
   <source>axial, mm</source>
   <translation>axial, mm</translation>
  </message>
  <message>
   <source>background</source>
   <translation>Hintergrund</translation>
  </message>
  <message>
   <source>brain found in it: {ml}</source>
   <translation>darin gefundenes Gehirn: {ml}</translation>
  </message>
  <message>
   <source>brain that was used</source>
   <translation>verwendetes Gehirn</translation>
  </message>
  <message>
   <source>brains on each other: Dice {dice:.2f} (at least {least:.2f})</source>
   <translation>Gehirne aufeinander: Dice {dice:.2f} (mindestens {least:.2f})</translation>
  </message>
  <message>
   <source>crosses the midline</source>
   <translation>überschreitet die Mittellinie</translation>
  </message>
  <message>
   <source>done in two ways: {mm:.1f} mm apart (at most {most:.1f})</source>
   <translation>auf zwei Wegen: {mm:.1f} mm Unterschied (höchstens {most:.1f})</translation>
  </message>
  <message>
   <source>each sequence alone is sure</source>
   <translation>jede Sequenz allein ist sicher</translation>
  </message>
  <message>
   <source>en</source>
   <translation>de</translation>
  </message>
  <message>
   <source>enhancing</source>
   <translation>KM-aufnehmend</translation>
  </message>
  <message>
   <source>enhancing tumour</source>
   <translation>Kontrastmittel aufnehmender Tumoranteil</translation>
  </message>
  <message>
   <source>fits best {mm:.1f} mm away, turned by {degrees:.1f}° (at most {most:.0f}°)</source>
   <translation>passt am besten {mm:.1f} mm entfernt, um {degrees:.1f}° gedreht (höchstens {most:.0f}°)</translation>
  </message>
  <message>
   <source>go through the middle of the brain.</source>
   <translation>gehen durch die Mitte des Gehirns.</translation>
  </message>
  <message>
   <source>kept where the scanner put it</source>
   <translation>nach Scannerkoordinaten belassen</translation>
  </message>
  <message>
   <source>left</source>
   <translation>links</translation>
  </message>
  <message>
   <source>left out</source>
   <translation>ausgelassen</translation>
  </message>
  <message>
   <source>lies on {reference} as scanned</source>
   <translation>liegt wie aufgenommen auf {reference}</translation>
  </message>
  <message>
   <source>mean Dice</source>
   <translation>Dice, Mittel</translation>
  </message>
  <message>
   <source>moved by {mm:.1f} mm, turned by {degrees:.1f}° (at most {most:.0f}°)</source>
   <translation>um {mm:.1f} mm verschoben, um {degrees:.1f}° gedreht (höchstens {most:.0f}°)</translation>
  </message>
  <message>
   <source>near the midline</source>
   <translation>nahe der Mittellinie</translation>
  </message>
  <message>
   <source>necrotic / non-enhancing core</source>
   <translation>nekrotisch / nicht KM-aufnehmend</translation>
  </message>
  <message>
   <source>necrotic and non-enhancing tumour core</source>
   <translation>nekrotischer und nicht KM-aufnehmender Tumorkern</translation>
  </message>
  <message>
   <source>neither FLAIR nor all others</source>
   <translation>weder FLAIR noch alle übrigen</translation>
  </message>
  <message>
   <source>no brain found</source>
   <translation>kein Gehirn gefunden</translation>
  </message>
  <message>
   <source>no place found where it fits better than as scanned</source>
   <translation>passt nirgends besser als dort, wo sie aufgenommen wurde</translation>
  </message>
  <message>
   <source>no tumour was found</source>
   <translation>kein Tumor gefunden</translation>
  </message>
  <message>
   <source>none</source>
   <translation>keine</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>unbekannt</translation>
  </message>
  <message>
   <source>not known, as the images show no brain with two halves to find a midline by</source>
   <translation>unbekannt, denn die Bilder zeigen kein Gehirn mit zwei Hälften, an dem eine Mittellinie zu finden wäre</translation>
  </message>
  <message>
   <source>not to be relied on</source>
   <translation>nicht verlässlich</translation>
  </message>
  <message>
   <source>on other cases with the same</source>
   <translation>bei anderen Fällen mit denselben</translation>
  </message>
  <message>
   <source>on the reference's grid</source>
   <translation>auf dem Raster der Referenz</translation>
  </message>
  <message>
   <source>outside the brain</source>
   <translation>außerhalb des Gehirns</translation>
  </message>
  <message>
   <source>peritumoural oedema</source>
   <translation>peritumorales Ödem</translation>
  </message>
  <message>
   <source>raw scans, whole heads</source>
   <translation>Rohaufnahmen, ganze Köpfe</translation>
  </message>
  <message>
   <source>reference</source>
   <translation>Referenz</translation>
  </message>
  <message>
   <source>registered to {reference}</source>
   <translation>auf {reference} registriert</translation>
  </message>
  <message>
   <source>resampled onto the reference</source>
   <translation>auf die Referenz umgerechnet</translation>
  </message>
  <message>
   <source>right</source>
   <translation>rechts</translation>
  </message>
  <message>
   <source>separate parts on both sides</source>
   <translation>getrennte Teile auf beiden Seiten</translation>
  </message>
  <message>
   <source>sequences</source>
   <translation>Sequenzen</translation>
  </message>
  <message>
   <source>share of tumour</source>
   <translation>Anteil am Tumor</translation>
  </message>
  <message>
   <source>shows {percent:.0f} % of the brain (at least {least:.0f} %)</source>
   <translation>zeigt {percent:.0f} % des Gehirns (mindestens {least:.0f} %)</translation>
  </message>
  <message>
   <source>slice {number} of {count}</source>
   <translation>Schicht {number} von {count}</translation>
  </message>
  <message>
   <source>they run along the edges below where both lie on each other</source>
   <translation>wo beide aufeinander liegen, verlaufen sie auf den Kanten darunter</translation>
  </message>
  <message>
   <source>to be checked</source>
   <translation>zu prüfen</translation>
  </message>
  <message>
   <source>tumour core</source>
   <translation>Tumorkern</translation>
  </message>
  <message>
   <source>volume</source>
   <translation>Volumen</translation>
  </message>
  <message>
   <source>whole crop</source>
   <translation>ganzer Ausschnitt</translation>
  </message>
  <message>
   <source>whole tumour</source>
   <translation>gesamter Tumor</translation>
  </message>
  <message>
   <source>without contours</source>
   <translation>ohne Konturen</translation>
  </message>
  <message>
   <source>{count} warnings</source>
   <translation>{count} Warnungen</translation>
  </message>
  <message>
   <source>{count} warnings: see the report</source>
   <translation>{count} Warnungen: siehe Bericht</translation>
  </message>
  <message>
   <source>{file} belongs to an older {what} and can't be removed ({reason}): delete it yourself.</source>
   <translation>{file} gehört zu einem älteren Ergebnis ({what}) und lässt sich nicht entfernen ({reason}): Bitte von Hand löschen.</translation>
  </message>
  <message>
   <source>{file} can't be written ({reason}): choose another folder.</source>
   <translation>{file} kann nicht geschrieben werden ({reason}): Bitte einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>{file} can't be written: check that the folder exists and has room.</source>
   <translation>{file} kann nicht geschrieben werden: Bitte prüfen, ob es den Ordner gibt und ob dort Platz ist.</translation>
  </message>
  <message>
   <source>{file} is a folder, where a file goes: move it, or choose another folder.</source>
   <translation>{file} ist ein Ordner, wo eine Datei hingehört: Bitte verschieben oder einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>{file} is there already, and this program did not write it: move it, or choose another folder.</source>
   <translation>{file} ist schon da und stammt nicht von diesem Programm: Bitte die Datei verschieben oder einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>{file} was changed after this program had written it: move it, or choose another folder.</source>
   <translation>{file} wurde verändert, nachdem dieses Programm die Datei geschrieben hatte: Bitte verschieben oder einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>{file} would be written over, and it is one of the files that are read: choose another folder for the results.</source>
   <translation>{file} würde überschrieben, wird aber selbst gelesen: Bitte einen anderen Ordner für die Ergebnisse wählen.</translation>
  </message>
  <message>
   <source>{first} and {last}</source>
   <translation>{first} und {last}</translation>
  </message>
  <message>
   <source>{folder} is the name of a file, and a folder is wanted: name one.</source>
   <translation>{folder} ist der Name einer Datei, gebraucht wird ein Ordner: Bitte einen angeben.</translation>
  </message>
  <message>
   <source>{mark}: not to be relied on, see the warnings above.</source>
   <translation>{mark}: nicht verlässlich, siehe die Warnungen oben.</translation>
  </message>
  <message>
   <source>{ml:.0f} ml</source>
   <translation>{ml:.0f} ml</translation>
  </message>
  <message>
   <source>{ml:.0f} ml, where a brain measures {least:.0f} to {most:.0f}</source>
   <translation>{ml:.0f} ml; ein Gehirn misst {least:.0f} bis {most:.0f}</translation>
  </message>
  <message>
   <source>{ml:.0f} ml; every contour of tumour lies within it</source>
   <translation>{ml:.0f} ml; jede Tumorkontur liegt darin</translation>
  </message>
  <message>
   <source>{ml:g} ml and more</source>
   <translation>{ml:g} ml und mehr</translation>
  </message>
  <message>
   <source>{mm:.0f} mm left of the midline</source>
   <translation>{mm:.0f} mm li. der Mitte</translation>
  </message>
  <message>
   <source>{mm:.0f} mm right of the midline</source>
   <translation>{mm:.0f} mm re. der Mitte</translation>
  </message>
  <message>
   <source>{moving}: after registration its brain and that of {fixed} have a Dice of {dice:.2f} only; check that both are of one patient, correct the brain mask, or leave it out.</source>
   <translation>{moving}: Nach der Registrierung haben sein Gehirn und das in {fixed} einen Dice von nur {dice:.2f}; bitte prüfen, ob beide von einem Patienten stammen, die Gehirnmaske korrigieren oder die Sequenz weglassen.</translation>
  </message>
  <message>
   <source>{moving}: it could not be registered to {fixed} within {seconds:.0f} s; allow it more time, or leave it out.</source>
   <translation>{moving}: konnte nicht innerhalb von {seconds:.0f} s zu {fixed} registriert werden; bitte mehr Zeit erlauben oder die Sequenz weglassen.</translation>
  </message>
  <message>
   <source>{moving}: it fits {fixed} better when left and right are exchanged, so the header of one of both is wrong; correct it, or leave the sequence out.</source>
   <translation>{moving}: passt seitenverkehrt besser zu {fixed}, also ist der Header einer der beiden falsch; bitte korrigieren oder die Sequenz weglassen.</translation>
  </message>
  <message>
   <source>{moving}: it shows {share:.0%} of the brain in {fixed} only, too little to be registered; leave it out, or give another series.</source>
   <translation>{moving}: zeigt nur {share:.0%} des Gehirns in {fixed}, zu wenig für eine Registrierung; bitte weglassen oder eine andere Serie angeben.</translation>
  </message>
  <message>
   <source>{moving}: it shows {share:.0%} of the brain in {fixed} only; beyond its field of view it is missing.</source>
   <translation>{moving}: zeigt nur {share:.0%} des Gehirns in {fixed}; außerhalb seines Bildfelds fehlt es.</translation>
  </message>
  <message>
   <source>{moving}: it would have to be turned by {degrees:.0f} degrees to fit {fixed}, which does not happen within one session; check its header, or leave it out.</source>
   <translation>{moving}: müsste um {degrees:.0f} Grad gedreht werden, um zu {fixed} zu passen, was innerhalb einer Untersuchung nicht vorkommt; bitte den Header prüfen oder die Sequenz weglassen.</translation>
  </message>
  <message>
   <source>{moving}: no place was found where it fits {fixed} better than where it lies; register it by hand, or leave it out.</source>
   <translation>{moving}: Es wurde keine Lage gefunden, in der es besser zu {fixed} passt als dort, wo es liegt; bitte von Hand registrieren oder weglassen.</translation>
  </message>
  <message>
   <source>{moving}: registered to {fixed} in two ways, it lies {mm:.1f} mm apart, so it can't be relied on; register it by hand, or leave it out.</source>
   <translation>{moving}: auf zwei Wegen zu {fixed} registriert, liegt es {mm:.1f} mm auseinander, ist also nicht verlässlich; bitte von Hand registrieren oder weglassen.</translation>
  </message>
  <message>
   <source>{name}: no brain was found in it; check that it is a head.</source>
   <translation>{name}: Es wurde kein Gehirn gefunden; bitte prüfen, ob es ein Kopf ist.</translation>
  </message>
  <message>
   <source>{one} and {other} are the same image on another scale of intensities ({file} and {other_file}): give each sequence its own file, or leave one out.</source>
   <translation>{one} und {other} sind dasselbe Bild mit anders skalierten Intensitäten ({file} und {other_file}): Bitte jeder Sequenz ihr eigenes Volumen geben oder eine weglassen.</translation>
  </message>
  <message>
   <source>{one} and {other} are the same volume ({file} and {other_file}): give each sequence its own file, or leave one out.</source>
   <translation>{one} und {other} sind dasselbe Volumen ({file} und {other_file}): Bitte jeder Sequenz ihr eigenes Volumen geben oder eine weglassen.</translation>
  </message>
  <message>
   <source>{one} and {other} are the same volume: give each sequence its own, or leave one out.</source>
   <translation>{one} und {other} sind dasselbe Volumen: Bitte jeder Sequenz ihr eigenes geben oder eine weglassen.</translation>
  </message>
  <message>
   <source>{one} and {other} look like the same image (their correlation is {correlation:.3f}); check that each sequence has its own file.</source>
   <translation>{one} und {other} sehen wie dasselbe Bild aus (Korrelation {correlation:.3f}); bitte prüfen, ob jede Sequenz ihr eigenes Volumen hat.</translation>
  </message>
  <message>
   <source>{packages} could not be installed ({reason}): check the network connection. To install it by hand, run `{command}`.</source>
   <translation>{packages} konnte nicht installiert werden ({reason}): Bitte die Netzwerkverbindung prüfen. Von Hand installiert es dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>{packages} is still missing after the installation: restart Slicer and try again. To install it by hand, run `{command}`.</source>
   <translation>{packages} fehlt auch nach der Installation: Bitte Slicer neu starten und es erneut versuchen. Von Hand installiert es dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>{program} can't be started ({reason}): install it again.</source>
   <translation>{program} lässt sich nicht starten ({reason}): Bitte neu installieren.</translation>
  </message>
  <message>
   <source>{regions} can't be relied on from {subset}: the network's mean Dice there is below {bound:.1f}. Add the sequences that are missing, or check every contour.</source>
   <translation>{regions}: mit {subset} nicht verlässlich, der mittlere Dice-Wert des Netzes liegt dort unter {bound:.1f}. Bitte die fehlenden Sequenzen hinzufügen oder jede Kontur prüfen.</translation>
  </message>
  <message>
   <source>{region} fills {share:.0%} of the brain, {ml:.0f} ml, which is hardly a tumour: check that each file shows the sequence it is given as, skull-stripped and registered.</source>
   <translation>{region} füllt {share:.0%} des Gehirns, {ml:.0f} ml, was kaum ein Tumor ist: Bitte prüfen, ob jedes Volumen die angegebene Sequenz zeigt, hirnextrahiert und koregistriert.</translation>
  </message>
  <message>
   <source>{sequences} look exchanged by their contrast: check which file shows which sequence.</source>
   <translation>{sequences} sehen dem Kontrast nach vertauscht aus: Bitte prüfen, welches Volumen welche Sequenz zeigt.</translation>
  </message>
  <message>
   <source>{sequences}: no brain was found in any; give MRI volumes of a head, or, of images that are skull-stripped already, say that they are prepared.</source>
   <translation>{sequences}: In keinem wurde ein Gehirn gefunden; geben Sie MRT-Bilder eines Kopfes an, oder, wenn die Bilder schon nur das Gehirn zeigen, dass sie vorbereitet sind.</translation>
  </message>
  <message>
   <source>{sequences}: not skull-stripped, as it looks, but the networks know brains on a background of 0 only; skull-strip all sequences alike first, e.g. with HD-BET, SynthStrip or Slicer's SwissSkullStripper.</source>
   <translation>{sequences}: anscheinend nicht hirnextrahiert, die Netze kennen aber nur das Gehirn auf einem Hintergrund von 0; bitte zuerst bei allen Sequenzen in gleicher Weise eine Hirnextraktion durchführen, etwa mit HD-BET, SynthStrip oder Slicers SwissSkullStripper.</translation>
  </message>
  <message>
   <source>{sequences}: not skull-stripped, as it looks, or the background is not 0 but noise, while the networks know brains on a background of 0 only; skull-strip all sequences alike first, e.g. with HD-BET, SynthStrip or Slicer's SwissSkullStripper, and set what is outside the brain to 0.</source>
   <translation>{sequences}: anscheinend nicht hirnextrahiert, oder der Hintergrund ist nicht 0, sondern Rauschen; die Netze kennen nur das Gehirn auf einem Hintergrund von 0: Bitte zuerst bei allen Sequenzen in gleicher Weise eine Hirnextraktion durchführen, etwa mit HD-BET, SynthStrip oder Slicers SwissSkullStripper, und alles außerhalb auf 0 setzen.</translation>
  </message>
  <message>
   <source>{sequence} holds {count} different values only, as labels or a mask do: give the MRI volume itself, or leave this sequence out.</source>
   <translation>{sequence} enthält nur {count} verschiedene Werte, wie eine Label-Map oder eine Maske: Bitte das MRT-Volumen selbst angeben oder diese Sequenz weglassen.</translation>
  </message>
  <message>
   <source>{sequence} is coarse, {mm:.3g} mm from slice to slice: volumes and borders are uncertain along that axis; use a finer series if there is one.</source>
   <translation>{sequence} ist grob, {mm:.3g} mm von Schicht zu Schicht: Volumina und Ränder sind in dieser Richtung unsicher; bitte eine feinere Serie verwenden, wenn es eine gibt.</translation>
  </message>
  <message>
   <source>{sequence} lies on a grid of the same size as that of {reference}, but up to {mm:.3g} mm away from it, and was resampled onto it.</source>
   <translation>{sequence} liegt auf einem Raster derselben Größe wie {reference}, aber bis zu {mm:.3g} mm daneben, und wurde darauf umgerechnet.</translation>
  </message>
  <message>
   <source>{sequence} lies on another grid ({shape} voxels of {spacing} mm) and was resampled onto that of {reference} ({reference_shape} voxels of {reference_spacing} mm).</source>
   <translation>{sequence} liegt auf einem anderen Raster ({shape} Voxel zu {spacing} mm) und wurde auf das von {reference} umgerechnet ({reference_shape} Voxel zu {reference_spacing} mm).</translation>
  </message>
  <message>
   <source>{sequence} lies on {reference} by the scanner's coordinates already.</source>
   <translation>{sequence} liegt nach den Koordinaten des Scanners schon auf {reference}.</translation>
  </message>
  <message>
   <source>{sequence} lies under a transform that is not affine, and was resampled onto the grid of {reference}.</source>
   <translation>{sequence} liegt unter einer Transformation, die nicht affin ist, und wurde auf das Raster von {reference} umgerechnet.</translation>
  </message>
  <message>
   <source>{sequence} looks more like {other} by its contrast: check which sequence it is, or leave it out.</source>
   <translation>{sequence} sieht dem Kontrast nach eher wie {other} aus: Bitte prüfen, welche Sequenz es ist, oder sie weglassen.</translation>
  </message>
  <message>
   <source>{sequence} was left out.</source>
   <translation>{sequence} wurde weggelassen.</translation>
  </message>
  <message>
   <source>{sequence} was registered to {reference}.</source>
   <translation>{sequence} wurde auf {reference} registriert.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' can't be resampled under the transform '{transform}', which gives no position, or not a single one, for a part of the reference: harden or correct the transform.</source>
   <translation>{sequence}: „{volume}“ lässt sich unter der Transformation „{transform}“ nicht umrechnen, denn diese gibt für einen Teil der Referenz keine oder keine eindeutige Lage an: Bitte die Transformation anwenden (harden) oder korrigieren.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' does not overlap the reference under the transform '{transform}': check the transform.</source>
   <translation>{sequence}: „{volume}“ überlappt unter der Transformation „{transform}“ nicht mit der Referenz: Bitte die Transformation prüfen.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' has axes that are not at right angles, or a voxel spacing of zero or without a value; correct its geometry, or resample it.</source>
   <translation>{sequence}: Die Achsen von „{volume}“ stehen nicht rechtwinklig, oder der Voxelabstand ist null oder ohne Wert; bitte die Geometrie korrigieren oder das Volumen neu abtasten.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' has no image; load it again.</source>
   <translation>{sequence}: „{volume}“ enthält kein Bild; bitte neu laden.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' has {count} values per voxel; choose a scalar volume.</source>
   <translation>{sequence}: „{volume}“ hat {count} Werte je Voxel; bitte ein skalares Volumen wählen.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' is a label map, not an image; choose a scalar volume.</source>
   <translation>{sequence}: „{volume}“ ist eine Label-Map und kein Bild; bitte ein skalares Volumen wählen.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' is in no scene; add it to the scene first.</source>
   <translation>{sequence}: „{volume}“ gehört zu keiner Szene; bitte zuerst zur Szene hinzufügen.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' is no volume ({kind}); choose a scalar volume.</source>
   <translation>{sequence}: „{volume}“ ist kein Volumen ({kind}); bitte ein skalares Volumen wählen.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' was moved or changed against '{reference}' while the segmentation ran, so its result belongs to another position; nothing was added. Run it again.</source>
   <translation>{sequence}: „{volume}“ wurde während der Segmentierung gegenüber „{reference}“ bewegt oder verändert; das Ergebnis gehört zu einer anderen Lage und wurde nicht übernommen. Bitte erneut starten.</translation>
  </message>
  <message>
   <source>{sequence}: it shows a brain alone already.</source>
   <translation>{sequence}: Das Bild zeigt schon nur das Gehirn.</translation>
  </message>
  <message>
   <source>{sequence}: no brain to rely on was found in {file}, so nothing but your mask tells where it is; look at its outline.</source>
   <translation>{sequence}: In {file} wurde kein verlässliches Gehirn gefunden, allein Ihre Maske sagt also, wo es liegt; sehen Sie sich seinen Umriss an.</translation>
  </message>
  <message>
   <source>{sequence}: no brain was found in {file}; give a scan of a head, or a brain mask of your own.</source>
   <translation>{sequence}: In {file} wurde kein Gehirn gefunden; bitte die Aufnahme eines Kopfes oder eine eigene Gehirnmaske angeben.</translation>
  </message>
  <message>
   <source>{sequence}: registration does not tell where it lies in {reference} to the millimetre, so it stays where the scanner's coordinates put it; check that both lie on each other.</source>
   <translation>{sequence}: Die Registrierung sagt nicht auf den Millimeter, wo es in {reference} liegt, daher bleibt es, wo die Koordinaten des Scanners es hinlegen; prüfen Sie, ob beide aufeinander liegen.</translation>
  </message>
  <message>
   <source>{sequence}: the array given has an affine that is no matrix of numbers; hand over 4 x 4, voxel to RAS mm.</source>
   <translation>{sequence}: Die affine Matrix des übergebenen Arrays besteht nicht aus Zahlen; bitte 4 x 4 übergeben, von Voxeln zu RAS in mm.</translation>
  </message>
  <message>
   <source>{sequence}: the array given has an affine {fault}; hand over 4 x 4, voxel to RAS mm, resampled to right angles.</source>
   <translation>{sequence}: Die affine Matrix des übergebenen Arrays ist unbrauchbar ({fault}); bitte 4 x 4 übergeben, von Voxeln zu RAS in mm, mit rechten Winkeln.</translation>
  </message>
  <message>
   <source>{sequence}: the array given has the shape {shape}; hand over a three-dimensional volume (I, J, K).</source>
   <translation>{sequence}: Das übergebene Array hat die Form {shape}; bitte ein dreidimensionales Volumen übergeben (I, J, K).</translation>
  </message>
  <message>
   <source>{sequence}: the array given holds {type} values; hand over real numbers.</source>
   <translation>{sequence}: Das übergebene Array enthält Werte vom Typ {type}; bitte reelle Zahlen übergeben.</translation>
  </message>
  <message>
   <source>{sequence}: the background of {file} is not 0 but differs from {value:.4g} by up to {most:.2g}, and was set to 0.</source>
   <translation>{sequence}: Der Hintergrund von {file} ist nicht 0, sondern weicht um bis zu {most:.2g} von {value:.4g} ab, und wurde auf 0 gesetzt.</translation>
  </message>
  <message>
   <source>{sequence}: the background of {file} is not 0 but {values} and was set to 0.</source>
   <translation>{sequence}: Der Hintergrund von {file} ist nicht 0, sondern {values}, und wurde auf 0 gesetzt.</translation>
  </message>
  <message>
   <source>{sequence}: the brain does not lie where it does in {reference} (they share {share:.0%}); register all sequences to each other first.</source>
   <translation>{sequence}: Das Gehirn liegt nicht dort, wo es in {reference} liegt (gemeinsam sind {share:.0%}); bitte zuerst alle Sequenzen koregistrieren.</translation>
  </message>
  <message>
   <source>{sequence}: the brain does not lie where the other sequences show it (Dice {dice:.2f}); look at the outlines.</source>
   <translation>{sequence}: Das Gehirn liegt nicht dort, wo die anderen Sequenzen es zeigen (Dice {dice:.2f}); bitte die Umrisse ansehen.</translation>
  </message>
  <message>
   <source>{sequence}: the brain in {file} was found in several parts, of which the largest was taken; look at its outline.</source>
   <translation>{sequence}: Das Gehirn in {file} wurde in mehreren Teilen gefunden, der größte wurde genommen; bitte seinen Umriss ansehen.</translation>
  </message>
  <message>
   <source>{sequence}: the brain in {file} was found with doubt; look at its outline, and give a brain mask of your own where it is wrong.</source>
   <translation>{sequence}: Das Gehirn in {file} wurde nicht sicher gefunden; bitte seinen Umriss ansehen und eine eigene Gehirnmaske angeben, wo er falsch ist.</translation>
  </message>
  <message>
   <source>{sequence}: the brain was found.</source>
   <translation>{sequence}: Das Gehirn wurde gefunden.</translation>
  </message>
  <message>
   <source>{sequence}: the field of view of {file} ends within the brain; {ml:.0f} ml of it are seen.</source>
   <translation>{sequence}: Das Bildfeld von {file} endet im Gehirn; {ml:.0f} ml davon sind zu sehen.</translation>
  </message>
  <message>
   <source>{sequence}: the reference has left the scene while the segmentation ran, so its result has no place; nothing was added. Load it again and run it again.</source>
   <translation>{sequence}: Die Referenz wurde während der Segmentierung aus der Szene entfernt; das Ergebnis hat dort keinen Platz und wurde nicht übernommen. Bitte neu laden und erneut starten.</translation>
  </message>
  <message>
   <source>{sequence}: the voxels of '{volume}' changed while the segmentation ran, so its result belongs to other ones; nothing was added. Run it again.</source>
   <translation>{sequence}: Die Voxel von „{volume}“ haben sich während der Segmentierung geändert; das Ergebnis gehört nicht mehr zu ihnen und wurde nicht übernommen. Bitte erneut starten.</translation>
  </message>
  <message>
   <source>{sequence}: the voxels of '{volume}' got another size or were mirrored while the segmentation ran, so its result would be wrong; nothing was added. Run it again.</source>
   <translation>{sequence}: Die Voxel von „{volume}“ haben während der Segmentierung eine andere Größe erhalten oder wurden gespiegelt; das Ergebnis wäre falsch und wurde nicht übernommen. Bitte erneut starten.</translation>
  </message>
  <message>
   <source>{sequence}: too little of the brain is in the scan to tell how evenly bright it is; its brightness was left as it is.</source>
   <translation>{sequence}: Vom Gehirn ist zu wenig im Bild, um zu erkennen, wie gleichmäßig hell es ist; die Helligkeit blieb, wie sie ist.</translation>
  </message>
  <message>
   <source>{sequence}: uneven brightness was corrected; the brightest part of the brain had {times:.2f} times the brightness of the darkest.</source>
   <translation>{sequence}: Ungleichmäßige Helligkeit wurde korrigiert; der hellste Teil des Gehirns war {times:.2f}-mal so hell wie der dunkelste.</translation>
  </message>
  <message>
   <source>{sequence}: what could be the brain in {file} has {ml:.0f} ml and is {mm:.0f} mm long, which no adult brain is; check the spacing, or give a brain mask of your own.</source>
   <translation>{sequence}: Was in {file} das Gehirn sein könnte, hat {ml:.0f} ml und ist {mm:.0f} mm lang, so ist kein Gehirn eines Erwachsenen; bitte den Voxelabstand prüfen oder eine eigene Gehirnmaske angeben.</translation>
  </message>
  <message>
   <source>{sequence}: what could be the brain in {file} is all but even, as in CT or in a phantom; give an MR scan of a head, or a brain mask of your own.</source>
   <translation>{sequence}: Was in {file} das Gehirn sein könnte, ist fast gleichförmig wie im CT oder in einem Phantom; bitte eine MR-Aufnahme eines Kopfes oder eine eigene Gehirnmaske angeben.</translation>
  </message>
  <message>
   <source>{sequence}: what lies round the brain in {file} is brighter than the brain, as bone is in CT and in inverted images; give an MR scan of a head as the scanner made it, or a brain mask of your own.</source>
   <translation>{sequence}: Was in {file} um das Gehirn liegt, ist heller als das Gehirn, wie Knochen im CT und in invertierten Bildern; geben Sie eine MR-Aufnahme eines Kopfes an, wie sie vom Scanner kommt, oder eine eigene Gehirnmaske.</translation>
  </message>
  <message>
   <source>{sequence}: with voxels of {spacing} mm, as {file} says, what it shows has {ml:.3g} ml and is {mm:.0f} mm long, which no head is; correct the spacing or the unit of length in its header.</source>
   <translation>{sequence}: Mit Voxeln von {spacing} mm, wie {file} angibt, hat das Gezeigte {ml:.3g} ml und ist {mm:.0f} mm lang, was kein Kopf ist; bitte Voxelabstand oder Längeneinheit berichtigen.</translation>
  </message>
  <message>
   <source>{sequence}: with voxels of {spacing} mm, as {file} says, what it shows has {ml:.3g} ml; with voxels of {other_spacing} mm it would have {other_ml:.0f} ml, as a head does; correct the spacing or the unit of length in its header.</source>
   <translation>{sequence}: Mit Voxeln von {spacing} mm, wie {file} angibt, hat das Gezeigte {ml:.3g} ml; mit Voxeln von {other_spacing} mm hätte es {other_ml:.0f} ml, wie ein Kopf; bitte Voxelabstand oder Längeneinheit berichtigen.</translation>
  </message>
  <message>
   <source>{sequence}: with voxels of {spacing} mm, as {file} says, what it shows is {mm:.2g} mm long; correct the spacing or the unit of length in its header.</source>
   <translation>{sequence}: Mit Voxeln von {spacing} mm, wie {file} angibt, ist das Gezeigte {mm:.2g} mm lang; bitte Voxelabstand oder Längeneinheit berichtigen.</translation>
  </message>
  <message>
   <source>{sequence}: {count} voxels of {file} are NaN or infinite and were set to 0.</source>
   <translation>{sequence}: {count} Voxel von {file} sind keine Zahlen (NaN oder unendlich) und wurden auf 0 gesetzt.</translation>
  </message>
  <message>
   <source>{sequence}: {file} can't be read; name an image file, such as .nii.gz or .nrrd.</source>
   <translation>{sequence}: {file} ist nicht lesbar; bitte eine Bilddatei angeben, etwa .nii.gz oder .nrrd.</translation>
  </message>
  <message>
   <source>{sequence}: {file} cannot be read ({reason}); check its permissions.</source>
   <translation>{sequence}: {file} lässt sich nicht lesen ({reason}); bitte die Zugriffsrechte prüfen.</translation>
  </message>
  <message>
   <source>{sequence}: {file} does not exist; correct the path.</source>
   <translation>{sequence}: {file} gibt es nicht; bitte den Pfad korrigieren.</translation>
  </message>
  <message>
   <source>{sequence}: {file} has voxels (number: {count}) far outside the intensities of all others, which were clipped to the range of these, {least:.4g} to {most:.4g}; check it for artefacts.</source>
   <translation>{sequence}: {file} hat Voxel (Anzahl: {count}) weit außerhalb der Intensitäten aller anderen; sie wurden auf deren Bereich begrenzt, {least:.4g} bis {most:.4g}; bitte auf Artefakte prüfen.</translation>
  </message>
  <message>
   <source>{sequence}: {file} has {count} slices only, as localisers do; give the series that covers the brain.</source>
   <translation>{sequence}: {file} hat nur {count} Schichten, wie Localizer; geben Sie die Serie an, die das Gehirn abdeckt.</translation>
  </message>
  <message>
   <source>{sequence}: {file} holds values that are no numbers, so the brain can't be looked for in it; export it again.</source>
   <translation>{sequence}: {file} enthält Werte, die keine Zahlen sind, das Gehirn kann darin nicht gesucht werden; bitte neu exportieren.</translation>
  </message>
  <message>
   <source>{sequence}: {file} is empty, all its voxels are 0; give the MRI volume itself, or leave this sequence out.</source>
   <translation>{sequence}: {file} ist leer, alle Voxel sind 0; bitte das MRT-Volumen selbst angeben oder diese Sequenz weglassen.</translation>
  </message>
  <message>
   <source>{sequence}: {file} shows nothing where the reference, {reference} ({reference_file}), lies: register the two first, or check that both are of the same patient.</source>
   <translation>{sequence}: {file} zeigt nichts, wo die Referenz {reference} ({reference_file}) liegt: Bitte beide zuerst koregistrieren oder prüfen, ob sie vom selben Patienten sind.</translation>
  </message>
  <message>
   <source>{sequence}: {file} shows the same value everywhere; give the MRI volume itself, or leave this sequence out.</source>
   <translation>{sequence}: {file} zeigt überall denselben Wert; bitte das MRT-Volumen selbst angeben oder diese Sequenz weglassen.</translation>
  </message>
  <message>
   <source>{sequence}: {file} shows {share:.0%} of the brain only; where it shows nothing, the result stands on the other sequences alone.</source>
   <translation>{sequence}: {file} zeigt nur {share:.0%} des Gehirns; wo es nichts zeigt, beruht das Ergebnis allein auf den anderen Sequenzen.</translation>
  </message>
  <message>
   <source>{sequence}: {file} shows {share:.1%} of the brain only and can not be the reference; choose another one, or leave {sequence} out.</source>
   <translation>{sequence}: {file} zeigt nur {share:.1%} des Gehirns und kann nicht die Referenz sein; bitte eine andere wählen oder {sequence} weglassen.</translation>
  </message>
  <message>
   <source>{sequence}: {file} shows {share:.1%} of the brain only and was left out; check that it is the right file, and registered.</source>
   <translation>{sequence}: {file} zeigt nur {share:.1%} des Gehirns und wurde weggelassen; bitte prüfen, ob es das richtige Volumen und koregistriert ist.</translation>
  </message>
  <message>
   <source>{sequence}: {given} is no node of the scene; give a volume node, such as slicer.util.getNode('name').</source>
   <translation>{sequence}: {given} ist kein Knoten der Szene; bitte einen Volumenknoten angeben, etwa slicer.util.getNode('name').</translation>
  </message>
  <message>
   <source>{sequence}: {share:.1%} of the voxels of {file} are NaN or infinite; set them to 0 if they are background, or export the volume again.</source>
   <translation>{sequence}: {share:.1%} der Voxel von {file} sind keine Zahlen (NaN oder unendlich); bitte auf 0 setzen, falls sie Hintergrund sind, oder das Volumen neu exportieren.</translation>
  </message>
  <message>
   <source>{setting} is True or False, not {given}.</source>
   <translation>{setting} ist True oder False, nicht {given}.</translation>
  </message>
  <message>
   <source>{shape} voxels of {spacing} mm, {axes}</source>
   <translation>{shape} Voxel zu {spacing} mm, {axes}</translation>
  </message>
  <message>
   <source>{wanted} threads were asked for, but this process has {cores} cores: {cores} were used.</source>
   <translation>{wanted} Threads wurden verlangt, dieser Prozess hat aber {cores} Kerne: {cores} wurden benutzt.</translation>
  </message>
 </context>
 <context>
  <name>GSSSegmentation</name>
  <message>
   <source>Research tool, not for clinical use.</source>
   <translation>Forschungswerkzeug, nicht für den klinischen Einsatz.</translation>
  </message>
  <message>
   <source>For adult glioma before surgery. Scans may be raw, or skull-stripped and registered already.</source>
   <translation>Für Gliome Erwachsener vor der Operation. Rohaufnahmen sind ebenso möglich wie hirnextrahierte, koregistrierte Bilder.</translation>
  </message>
  <message>
   <source>Volumes of one patient</source>
   <translation>Sequenzen eines Patienten</translation>
  </message>
  <message>
   <source>FLAIR:</source>
   <translation>FLAIR:</translation>
  </message>
  <message>
   <source>FLAIR volume, as scanned or skull-stripped. Leave it at None if the patient has none.</source>
   <translation>FLAIR-Volumen, wie aufgenommen oder hirnextrahiert. Bei „None“ lassen, wenn der Patient keines hat.</translation>
  </message>
  <message>
   <source>T1ce:</source>
   <translation>T1ce:</translation>
  </message>
  <message>
   <source>T1 volume after contrast agent, as scanned or skull-stripped. Without it enhancing tumour can't be seen.</source>
   <translation>T1-Volumen nach Kontrastmittel, wie aufgenommen oder hirnextrahiert. Ohne es ist anreichernder Tumor nicht zu sehen.</translation>
  </message>
  <message>
   <source>T1:</source>
   <translation>T1:</translation>
  </message>
  <message>
   <source>T1 volume before contrast agent, as scanned or skull-stripped. Leave it at None if the patient has none.</source>
   <translation>T1-Volumen vor Kontrastmittel, wie aufgenommen oder hirnextrahiert. Bei „None“ lassen, wenn der Patient keines hat.</translation>
  </message>
  <message>
   <source>T2:</source>
   <translation>T2:</translation>
  </message>
  <message>
   <source>T2 volume, as scanned or skull-stripped. Leave it at None if the patient has none.</source>
   <translation>T2-Volumen, wie aufgenommen oder hirnextrahiert. Bei „None“ lassen, wenn der Patient keines hat.</translation>
  </message>
  <message>
   <source>Proposes which loaded volume is which sequence, from names and DICOM data. Check the proposal: it is a guess.</source>
   <translation>Schlägt anhand von Namen und DICOM-Daten vor, welches geladene Volumen welche Sequenz ist. Bitte prüfen: Die Zuordnung ist nur ein Vorschlag.</translation>
  </message>
  <message>
   <source>Find volumes</source>
   <translation>Sequenzen zuordnen</translation>
  </message>
  <message>
   <source>Reference:</source>
   <translation>Referenz:</translation>
  </message>
  <message>
   <source>Whose grid and position the segments get. Automatic takes the finest of raw scans, else the first of FLAIR, T1ce, T2, T1.</source>
   <translation>Wessen Gitter und Lage die Segmente bekommen. „Automatisch“ nimmt von Rohaufnahmen die feinste, sonst die erste von FLAIR, T1ce, T2, T1.</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>Automatisch</translation>
  </message>
  <message>
   <source>FLAIR</source>
   <translation>FLAIR</translation>
  </message>
  <message>
   <source>T1ce</source>
   <translation>T1ce</translation>
  </message>
  <message>
   <source>T1</source>
   <translation>T1</translation>
  </message>
  <message>
   <source>T2</source>
   <translation>T2</translation>
  </message>
  <message>
   <source>Output</source>
   <translation>Ausgabe</translation>
  </message>
  <message>
   <source>Segmentation:</source>
   <translation>Segmentierung:</translation>
  </message>
  <message>
   <source>Segmentation to update, or None for a new one. Nothing in it changes before the new result is there; segments of your own stay.</source>
   <translation>Segmentierung, die aktualisiert wird, oder keine für eine neue. Sie ändert sich erst, wenn das neue Ergebnis vorliegt; eigene Segmente bleiben erhalten.</translation>
  </message>
  <message>
   <source>Create new segmentation</source>
   <translation>Neue Segmentierung anlegen</translation>
  </message>
  <message>
   <source>Segments:</source>
   <translation>Segmente:</translation>
  </message>
  <message>
   <source>Sub-regions: NCR, ED, ET</source>
   <translation>Teilregionen: NCR, ED, ET</translation>
  </message>
  <message>
   <source>Nested regions: WT, TC, ET</source>
   <translation>Verschachtelt: WT, TC, ET</translation>
  </message>
  <message>
   <source>Confidence map</source>
   <translation>Konfidenzkarte</translation>
  </message>
  <message>
   <source>Shows the reference with the segments in the slice and 3D views when the run has ended, if the module is open then.</source>
   <translation>Zeigt nach dem Lauf die Referenz mit den Segmenten in den Schicht- und 3D-Ansichten, falls das Modul dann geöffnet ist.</translation>
  </message>
  <message>
   <source>Show the result in the views</source>
   <translation>Ergebnis in den Ansichten zeigen</translation>
  </message>
  <message>
   <source>Segments the tumour.</source>
   <translation>Segmentiert den Tumor.</translation>
  </message>
  <message>
   <source>Apply</source>
   <translation>Anwenden</translation>
  </message>
  <message>
   <source>How far the segmentation is.</source>
   <translation>Fortschritt der Segmentierung.</translation>
  </message>
  <message>
   <source>Result</source>
   <translation>Ergebnis</translation>
  </message>
  <message>
   <source>Volumes in millilitres, and the Dice that the network reached on other cases with the same sequences.</source>
   <translation>Volumina in Millilitern und der Dice-Wert, den das Netz bei anderen Fällen mit denselben Sequenzen erreicht hat.</translation>
  </message>
  <message>
   <source>Shows the surfaces of the segments in the 3D views, or hides them.</source>
   <translation>Zeigt die Oberflächen der Segmente in den 3D-Ansichten oder blendet sie aus.</translation>
  </message>
  <message>
   <source>Show 3D</source>
   <translation>In 3D zeigen</translation>
  </message>
  <message>
   <source>Copies the table to the clipboard, for a spreadsheet.</source>
   <translation>Kopiert die Tabelle in die Zwischenablage, etwa für eine Tabellenkalkulation.</translation>
  </message>
  <message>
   <source>Copy table</source>
   <translation>Tabelle kopieren</translation>
  </message>
  <message>
   <source>Opens the report in the browser: pictures, volumes, inputs, network, warnings.</source>
   <translation>Öffnet den Bericht im Browser: Bilder, Volumina, Eingaben, Netz, Warnungen.</translation>
  </message>
  <message>
   <source>Show report</source>
   <translation>Bericht anzeigen</translation>
  </message>
  <message>
   <source>Advanced</source>
   <translation>Erweitert</translation>
  </message>
  <message>
   <source>Volumes are:</source>
   <translation>Volumina sind:</translation>
  </message>
  <message>
   <source>Automatic: look at them</source>
   <translation>Automatisch: ansehen</translation>
  </message>
  <message>
   <source>Already prepared</source>
   <translation>Bereits vorbereitet</translation>
  </message>
  <message>
   <source>Raw scans</source>
   <translation>Rohaufnahmen</translation>
  </message>
  <message>
   <source>Brain mask:</source>
   <translation>Hirnmaske:</translation>
  </message>
  <message>
   <source>The brain of raw scans, drawn on the reference, in place of the one that is found: a segmentation, such as the corrected brain of an earlier run, or a label map.</source>
   <translation>Das Gehirn von Rohaufnahmen, auf der Referenz eingezeichnet, anstelle des gefundenen: eine Segmentierung, etwa das korrigierte Gehirn eines früheren Laufs, oder eine Labelmap.</translation>
  </message>
  <message>
   <source>Find the brain</source>
   <translation>Gehirn finden</translation>
  </message>
  <message>
   <source>Leave no sequence out</source>
   <translation>Keine Sequenz weglassen</translation>
  </message>
  <message>
   <source>Registration may take:</source>
   <translation>Registrierung höchstens:</translation>
  </message>
  <message>
   <source>Registered volumes</source>
   <translation>Registrierte Volumina</translation>
  </message>
  <message>
   <source>Device:</source>
   <translation>Gerät:</translation>
  </message>
  <message>
   <source>CPU</source>
   <translation>CPU</translation>
  </message>
  <message>
   <source>NVIDIA GPU (CUDA)</source>
   <translation>NVIDIA-GPU (CUDA)</translation>
  </message>
  <message>
   <source>Apple GPU (MPS)</source>
   <translation>Apple-GPU (MPS)</translation>
  </message>
  <message>
   <source>Network:</source>
   <translation>Netz:</translation>
  </message>
  <message>
   <source>Drop tumour below:</source>
   <translation>Tumor verwerfen unter:</translation>
  </message>
  <message>
   <source> ml</source>
   <translation> ml</translation>
  </message>
  <message>
   <source>off</source>
   <translation>aus</translation>
  </message>
  <message>
   <source>Turn ET to NCR below:</source>
   <translation>ET als NCR werten unter:</translation>
  </message>
  <message>
   <source>What the last run said.</source>
   <translation>Meldungen des letzten Laufs.</translation>
  </message>
  <message>
   <source>Saves the log as a text file, to send it with a question or a report of a fault.</source>
   <translation>Speichert das Protokoll als Textdatei, etwa für Rückfragen oder Fehlermeldungen.</translation>
  </message>
  <message>
   <source>Save log...</source>
   <translation>Protokoll speichern...</translation>
  </message>
  <message>
   <source>GSS Brain Tumor Segmentation</source>
   <translation>GSS-Hirntumorsegmentierung</translation>
  </message>
  <message>
   <source>Segments brain tumours from whichever of FLAIR, T1ce, T1 and T2 a patient has. Scans are registered to each other and the brain is found where that was not done before. For adult glioma before surgery. Research tool, not for clinical use.</source>
   <translation>Segmentiert Hirntumoren aus denjenigen der Sequenzen FLAIR, T1ce, T1 und T2, die von einem Patienten vorliegen. Aufnahmen werden registriert und das Gehirn wird gefunden, wo das noch nicht geschehen ist. Für Gliome Erwachsener vor der Operation. Forschungswerkzeug, nicht für den klinischen Einsatz.</translation>
  </message>
  <message>
   <source>The shipped network was trained on studies of the BraTS challenges 2017 to 2021 and of BraTS-Africa.</source>
   <translation>Das mitgelieferte Netz wurde mit Untersuchungen aus den BraTS-Wettbewerben 2017 bis 2021 und aus BraTS-Africa trainiert.</translation>
  </message>
  <message>
   <source>See the {guide}, with a {example}.</source>
   <translation>Siehe das {guide}, darin ein {example}.</translation>
  </message>
  <message>
   <source>How to cite: {link}.</source>
   <translation>Zitierweise: {link}.</translation>
  </message>
  <message>
   <source>Stopped, as the scene was closed.</source>
   <translation>Abgebrochen, weil die Szene geschlossen wurde.</translation>
  </message>
  <message>
   <source>user guide</source>
   <translation>Benutzerhandbuch</translation>
  </message>
  <message>
   <source>worked example on sample data</source>
   <translation>ausgeführtes Beispiel mit Beispieldaten</translation>
  </message>
  <message>
   <source>in the README</source>
   <translation>in der README</translation>
  </message>
 </context>
 <context>
  <name>GSSSegmentationLib.chosen_inputs</name>
  <message>
   <source>{sequences} are the same volume.</source>
   <translation>{sequences} sind dasselbe Volumen.</translation>
  </message>
  <message>
   <source>The {sequence} volume has no image.</source>
   <translation>Das {sequence}-Volumen enthält kein Bild.</translation>
  </message>
  <message>
   <source>The reference {sequence} is not chosen.</source>
   <translation>Die Referenz {sequence} ist nicht ausgewählt.</translation>
  </message>
  <message>
   <source>There is no scene.</source>
   <translation>Es gibt keine Szene.</translation>
  </message>
  <message>
   <source>Choose at least one of FLAIR, T1ce, T1 and T2.</source>
   <translation>Bitte mindestens eines von FLAIR, T1ce, T1 und T2 auswählen.</translation>
  </message>
  <message>
   <source>The network folder holds no network.</source>
   <translation>Der Netzordner enthält kein Netz.</translation>
  </message>
 </context>
 <context>
  <name>GSSSegmentationLib.dialogs</name>
  <message>
   <source>To segment, these packages must be downloaded and installed into Slicer's Python: {packages}.</source>
   <translation>Zum Segmentieren müssen diese Pakete heruntergeladen und in das Python von Slicer installiert werden: {packages}.</translation>
  </message>
  <message>
   <source>No images leave this computer. Install now?</source>
   <translation>Keine Bilder verlassen diesen Rechner. Jetzt installieren?</translation>
  </message>
  <message>
   <source>PyTorch is large: from 200 MB for a CPU to several GB for a GPU.</source>
   <translation>PyTorch ist groß: von 200 MB für eine CPU bis zu mehreren GB für eine GPU.</translation>
  </message>
  <message>
   <source>Save log</source>
   <translation>Protokoll speichern</translation>
  </message>
  <message>
   <source>Text files (*.txt)</source>
   <translation>Textdateien (*.txt)</translation>
  </message>
 </context>
 <context>
  <name>GSSSegmentationLib.panel</name>
  <message>
   <source>Cancelled. The scene is as it was.</source>
   <translation>Abgebrochen. Die Szene ist unverändert.</translation>
  </message>
  <message>
   <source>Done: {sequences}.</source>
   <translation>Fertig: {sequences}.</translation>
  </message>
 </context>
 <context>
  <name>GSSSegmentationLib.panel_form</name>
  <message>
   <source>Apply</source>
   <translation>Anwenden</translation>
  </message>
  <message>
   <source>Installing packages...</source>
   <translation>Pakete werden installiert...</translation>
  </message>
  <message>
   <source>Starting...</source>
   <translation>Wird gestartet...</translation>
  </message>
  <message>
   <source>Cancelling...</source>
   <translation>Wird abgebrochen...</translation>
  </message>
  <message>
   <source>Stops the segmentation. The scene stays as it is.</source>
   <translation>Bricht die Segmentierung ab. Die Szene bleibt, wie sie ist.</translation>
  </message>
  <message>
   <source>Segments the tumour.</source>
   <translation>Segmentiert den Tumor.</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
 </context>
 <context>
  <name>GSSSegmentationLib.panel_texts</name>
  <message>
   <source>Mean Dice of {network} with {sequences} on other cases: {dice}.</source>
   <translation>Mittlerer Dice-Wert von {network} mit {sequences} bei anderen Fällen: {dice}.</translation>
  </message>
  <message>
   <source>Starting...</source>
   <translation>Wird gestartet...</translation>
  </message>
  <message>
   <source>Reading and checking the volumes</source>
   <translation>Sequenzen werden gelesen und geprüft</translation>
  </message>
  <message>
   <source>Finding the brain in each scan</source>
   <translation>Gehirn wird in jeder Aufnahme gesucht</translation>
  </message>
  <message>
   <source>Registering the scans to each other</source>
   <translation>Aufnahmen werden aufeinander registriert</translation>
  </message>
  <message>
   <source>Turning the head upright</source>
   <translation>Kopf wird gerade gerichtet</translation>
  </message>
  <message>
   <source>Correcting uneven brightness</source>
   <translation>Ungleichmäßige Helligkeit wird korrigiert</translation>
  </message>
  <message>
   <source>Preparing</source>
   <translation>Wird vorbereitet</translation>
  </message>
  <message>
   <source>Segmenting</source>
   <translation>Wird segmentiert</translation>
  </message>
  <message>
   <source>Making the confidence map</source>
   <translation>Konfidenzkarte wird erstellt</translation>
  </message>
  <message>
   <source>Bringing the result onto the reference</source>
   <translation>Ergebnis wird auf die Referenz übertragen</translation>
  </message>
  <message>
   <source>Writing the report</source>
   <translation>Bericht wird geschrieben</translation>
  </message>
  <message>
   <source>preferred to {names} for its slices or its time</source>
   <translation>wegen der Schichten oder der Aufnahmezeit vorgezogen vor {names}</translation>
  </message>
  <message>
   <source>by its name</source>
   <translation>nach dem Namen</translation>
  </message>
  <message>
   <source>Not to be relied on with these sequences: {regions}.</source>
   <translation>Mit diesen Sequenzen nicht verlässlich: {regions}.</translation>
  </message>
  <message>
   <source>{network}: nothing was measured of its accuracy with {sequences}.</source>
   <translation>{network}: Zur Genauigkeit mit {sequences} liegt keine Messung vor.</translation>
  </message>
  <message>
   <source>about {seconds} s left</source>
   <translation>noch etwa {seconds} s</translation>
  </message>
  <message>
   <source>{sequence}: more than one would do, {names}. Choose one.</source>
   <translation>{sequence}: Mehrere Volumina kommen infrage, {names}. Bitte eines auswählen.</translation>
  </message>
  <message>
   <source>No loaded volume says by its name or DICOM data which sequence it is.</source>
   <translation>Kein geladenes Volumen verrät durch Namen oder DICOM-Daten, welche Sequenz es ist.</translation>
  </message>
  <message>
   <source>acquired after contrast agent was given</source>
   <translation>nach der Kontrastmittelgabe aufgenommen</translation>
  </message>
  <message>
   <source>Without T1ce nobody can see enhancement: ET is a guess.</source>
   <translation>Ohne T1ce ist keine Kontrastmittelaufnahme zu erkennen: ET ist nur eine Schätzung.</translation>
  </message>
  <message>
   <source>{found} About {seconds} s.</source>
   <translation>{found} Etwa {seconds} s.</translation>
  </message>
  <message>
   <source>Proposed; please check:</source>
   <translation>Vorschlag, bitte prüfen:</translation>
  </message>
  <message>
   <source>acquired before contrast agent was given</source>
   <translation>vor der Kontrastmittelgabe aufgenommen</translation>
  </message>
  <message>
   <source>series description {words}</source>
   <translation>Serienbeschreibung {words}</translation>
  </message>
  <message>
   <source>contrast agent {name}</source>
   <translation>Kontrastmittel {name}</translation>
  </message>
  <message>
   <source>Unexpected fault: {fault}</source>
   <translation>Unerwarteter Fehler: {fault}</translation>
  </message>
 </context>
 <context>
  <name>GSSSegmentationLib.results_view</name>
  <message>
   <source>Warnings</source>
   <translation>Warnungen</translation>
  </message>
  <message>
   <source>Region</source>
   <translation>Region</translation>
  </message>
  <message>
   <source>Volume (ml)</source>
   <translation>Volumen (ml)</translation>
  </message>
  <message>
   <source>Expected Dice</source>
   <translation>Erwarteter Dice-Wert</translation>
  </message>
 </context>
</TS>
