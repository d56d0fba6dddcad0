<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>GSSSegmentation</name>
  <message>
   <source>Research tool, not for clinical use.</source>
   <translation>Forschungswerkzeug, nicht für den klinischen Einsatz.</translation>
  </message>
  <message>
   <source>Volumes of one patient</source>
   <translation>Bilder eines Patienten</translation>
  </message>
  <message>
   <source>FLAIR:</source>
   <translation>FLAIR:</translation>
  </message>
  <message>
   <source>FLAIR volume, skull-stripped. Leave it at None if the patient has none.</source>
   <translation>FLAIR-Volumen ohne Schädel (skull-stripped). Bleibt auf „None“, wenn es keines gibt.</translation>
  </message>
  <message>
   <source>T1ce:</source>
   <translation>T1ce:</translation>
  </message>
  <message>
   <source>T1 volume after contrast agent, skull-stripped. Without it enhancing tumour can't be seen.</source>
   <translation>T1-Volumen nach Kontrastmittel, ohne Schädel. Ohne dieses Volumen ist anreicherndes Tumorgewebe nicht zu erkennen.</translation>
  </message>
  <message>
   <source>T1:</source>
   <translation>T1:</translation>
  </message>
  <message>
   <source>T1 volume before contrast agent, skull-stripped. Leave it at None if the patient has none.</source>
   <translation>T1-Volumen vor Kontrastmittel, ohne Schädel. Bleibt auf „None“, wenn es keines gibt.</translation>
  </message>
  <message>
   <source>T2:</source>
   <translation>T2:</translation>
  </message>
  <message>
   <source>T2 volume, skull-stripped. Leave it at None if the patient has none.</source>
   <translation>T2-Volumen ohne Schädel. Bleibt auf „None“, wenn es keines gibt.</translation>
  </message>
  <message>
   <source>Proposes which loaded volume is which sequence, from names and DICOM data. Check the proposal: it is a guess.</source>
   <translation>Schlägt anhand von Namen und DICOM-Daten vor, welches geladene Volumen welche Sequenz ist. Bitte prüfen: Es ist eine Vermutung.</translation>
  </message>
  <message>
   <source>Find volumes</source>
   <translation>Bilder suchen</translation>
  </message>
  <message>
   <source>Reference:</source>
   <translation>Referenz:</translation>
  </message>
  <message>
   <source>Whose grid and position the segments get. The other volumes are resampled onto it where they differ.</source>
   <translation>Bestimmt Raster und Lage der Segmente. Abweichende Bilder werden auf dieses Raster umgerechnet.</translation>
  </message>
  <message>
   <source>First of FLAIR, T1ce, T2, T1</source>
   <translation>Erstes von FLAIR, T1ce, T2, T1</translation>
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
   <source>Sub-regions exclude each other: necrotic core, oedema, enhancing tumour. Nested regions contain each other: whole tumour, tumour core, enhancing tumour.</source>
   <translation>Teilregionen schließen einander aus: nekrotischer Kern, Ödem, anreichernder Tumor. Verschachtelte Regionen enthalten einander: gesamter Tumor, Tumorkern, anreichernder Tumor.</translation>
  </message>
  <message>
   <source>Sub-regions: NCR, ED, ET</source>
   <translation>Teilregionen: NCR, ED, ET</translation>
  </message>
  <message>
   <source>Nested regions: WT, TC, ET</source>
   <translation>Verschachtelte Regionen: WT, TC, ET</translation>
  </message>
  <message>
   <source>Makes a map of where the sequences agree, as a label map volume. The run takes about half as long again.</source>
   <translation>Erzeugt eine Karte (Label-Map-Volumen), die zeigt, wo die Sequenzen übereinstimmen. Der Lauf dauert etwa anderthalbmal so lange.</translation>
  </message>
  <message>
   <source>Confidence map</source>
   <translation>Konfidenzkarte</translation>
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
   <source>Device:</source>
   <translation>Gerät:</translation>
  </message>
  <message>
   <source>Where the network runs. Automatic takes a GPU that can be used, else the CPU.</source>
   <translation>Worauf das Netz läuft. „Automatisch“ nimmt eine nutzbare GPU, sonst die CPU.</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>Automatisch</translation>
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
   <source>Folder of a network of your own, with card.json and weights.safetensors. Empty is the shipped one.</source>
   <translation>Ordner eines eigenen Netzes mit card.json und weights.safetensors. Leer bedeutet das mitgelieferte Netz.</translation>
  </message>
  <message>
   <source>Drop tumour below:</source>
   <translation>Tumor verwerfen unter:</translation>
  </message>
  <message>
   <source>Clean-up: connected parts of tumour smaller than this become background.</source>
   <translation>Bereinigung: Zusammenhängende Tumorteile, die kleiner sind, werden zu Hintergrund.</translation>
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
   <translation>ET zu NCR unter:</translation>
  </message>
  <message>
   <source>Clean-up: connected parts of enhancing tumour smaller than this become necrotic and non-enhancing core.</source>
   <translation>Bereinigung: Zusammenhängende anreichernde Tumorteile, die kleiner sind, werden zum nekrotischen und nicht anreichernden Kern gezählt.</translation>
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
   <source>GSS Segmentation</source>
   <translation>GSS-Segmentierung</translation>
  </message>
  <message>
   <source>Segments brain tumours from whichever of FLAIR, T1ce, T1 and T2 a patient has. The images must be skull-stripped and registered to each other. Research tool, not for clinical use.</source>
   <translation>Segmentiert Hirntumoren aus den Sequenzen FLAIR, T1ce, T1 und T2, die von einem Patienten vorliegen. Die Bilder müssen ohne Schädel (skull-stripped) und aufeinander registriert sein. Forschungswerkzeug, nicht für den klinischen Einsatz.</translation>
  </message>
  <message>
   <source>The shipped network was trained on studies of the BraTS challenges 2017 to 2021 and of BraTS-Africa.</source>
   <translation>Das mitgelieferte Netz wurde mit Studien der BraTS-Wettbewerbe 2017 bis 2021 und von BraTS-Africa trainiert.</translation>
  </message>
  <message>
   <source>Stopped, as the scene was closed.</source>
   <translation>Abgebrochen, weil die Szene geschlossen wurde.</translation>
  </message>
 </context>
 <context>
  <name>GSSSegmentationLib.panel</name>
  <message>
   <source>{sequences} are the same volume.</source>
   <translation>{sequences} sind dasselbe Volumen.</translation>
  </message>
  <message>
   <source>The {sequence} volume has no image.</source>
   <translation>Das {sequence}-Volumen enthält kein Bild.</translation>
  </message>
  <message>
   <source>Apply</source>
   <translation>Anwenden</translation>
  </message>
  <message>
   <source>To segment, these packages must be downloaded and installed into Slicer's Python: {packages}.</source>
   <translation>Zum Segmentieren müssen diese Pakete heruntergeladen und in das Python von Slicer installiert werden: {packages}.</translation>
  </message>
  <message>
   <source>No images leave this computer. Install now?</source>
   <translation>Keine Bilder verlassen diesen Rechner. Jetzt installieren?</translation>
  </message>
  <message>
   <source>Starting...</source>
   <translation>Wird gestartet...</translation>
  </message>
  <message>
   <source>Reading and checking the volumes</source>
   <translation>Bilder werden gelesen und geprüft</translation>
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
   <source>by its name</source>
   <translation>nach dem Namen</translation>
  </message>
  <message>
   <source>{sequence}: more than one would do, {names}. Choose one.</source>
   <translation>{sequence}: Mehrere kommen infrage, {names}. Bitte eines auswählen.</translation>
  </message>
  <message>
   <source>The reference {sequence} is not chosen.</source>
   <translation>Die Referenz {sequence} ist nicht ausgewählt.</translation>
  </message>
  <message>
   <source>Installing packages...</source>
   <translation>Pakete werden installiert...</translation>
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
   <source>{network}: nothing was measured of its accuracy with {sequences}.</source>
   <translation>{network}: Zur Genauigkeit mit {sequences} liegt keine Messung vor.</translation>
  </message>
  <message>
   <source>Mean Dice of {network} with {sequences} on other cases: {dice}.</source>
   <translation>Mittlerer Dice-Wert von {network} mit {sequences} bei anderen Fällen: {dice}.</translation>
  </message>
  <message>
   <source>Not to be relied on with these sequences: {regions}.</source>
   <translation>Mit diesen Sequenzen nicht verlässlich: {regions}.</translation>
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
  <message>
   <source>No loaded volume says by its name or DICOM data which sequence it is.</source>
   <translation>Kein geladenes Volumen verrät durch Namen oder DICOM-Daten, welche Sequenz es ist.</translation>
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
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Without T1ce nobody can see enhancement: ET is a guess.</source>
   <translation>Ohne T1ce ist keine Anreicherung zu erkennen: ET ist geraten.</translation>
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
   <source>Proposed; please check:</source>
   <translation>Vorschlag, bitte prüfen:</translation>
  </message>
  <message>
   <source>The network folder holds no network.</source>
   <translation>Der Ordner enthält kein Netz.</translation>
  </message>
  <message>
   <source>Cancelled. The scene is as it was.</source>
   <translation>Abgebrochen. Die Szene ist unverändert.</translation>
  </message>
  <message>
   <source>Done: {sequences}.</source>
   <translation>Fertig: {sequences}.</translation>
  </message>
  <message>
   <source>about {seconds} s left</source>
   <translation>noch etwa {seconds} s</translation>
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
