<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>GSSCore</name>
  <message>
   <source>{first} and {last}</source>
   <translation>{first} und {last}</translation>
  </message>
  <message>
   <source>Memory does not suffice: close other programs, or take a machine with more memory.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Standard output can't be written ({reason}): choose another place.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wrong usage: {reason}. See `{program} --help`.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Both --case and --{name} were given: name the folder or the files.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The option --write-card changes a card: name its network with --network.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cancelled.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>An unexpected fault, {kind} ({fault}): please report it, with the traceback from standard error.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The option --truth-labels says what the values of --truth mean: name the expert segmentation as well.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name either a file to write with --output, or a split to check with --check.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Give --folds as 1 or more, and --validation between 0 and 1.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is a folder: name a file for the split, such as split.json.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is there already, with another content: move it, or choose another name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The split {file} has the same image on both sides, {pairs}: keep each patient in one part.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training needs packages that are not installed ({fault}): pip install 'gsssegmentation[train]'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} has an unknown column '{column}': there are id, flair, t1ce, t1, t2.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} does not exist; correct line {line} of {source}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} does not exist: name a folder of studies, or a CSV file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} can't be read ({reason}): check its permissions.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} has an unknown column '{column}': did you mean {meant}? There are id, flair, t1ce, t1, t2.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source}, line {line}: {id} has no file; name at least one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{part}' is no part: write 2/4 for the second of four.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} holds no study, a folder with images such as case_flair.nii.gz: name the folder that holds the studies, or a CSV file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} holds images of a study, and so does its folder {folder}: move the images, or name a folder that holds either.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} lists no study: add a line for each below the header {columns}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} is empty: its first line is the header {columns}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} needs a column 'id' and one of flair, t1ce, t1, t2: add it to the header.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source}, line {line}: the id '{id}' can't name a folder of results; use letters, digits, - and _.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} can't be reached ({reason}); correct line {line} of {source}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source}, line {line}: the id '{id}' occurs twice; give each study its own.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source}, line {line}: no CSV ({reason}); save it as CSV in UTF-8.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source}, line {line}: more cells than columns; put quotes round names with commas.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} can't be read as text ({reason}): save it as CSV in UTF-8.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{source} has the column '{column}' twice: leave one of them out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Done again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{files} changed after this program had written them; the volumes are those from before.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} leads to the folder of the results of {other}: remove the link.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The earlier result lacks {files}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The report of the earlier result can't be used.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The reference was {before} and is {now}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The network is another one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The settings of the clean-up are others.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Precision, window or overlap are others.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence} was added.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence} was removed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence} was replaced.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} is no folder: name the folder that holds the cases.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds no case with a segmentation: name the folder that holds the cases.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The case {case} is in {first} and in {second}: leave one of them out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{session} has the segmentations {files}: keep one of them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{session} has images from {count} pipelines in {folder}: name one pipeline's folder as the data set, with the segmentation in it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{session} in {folder} has a segmentation but no FLAIR, T1w or T2w image: add one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The name of {file} may mean {sequences}: rename it so that it says one of them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{session} has more than one {sequence}, {files}: keep one of them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is no table with the columns index and name ({reason}): correct it, or declare all labels with --truth-labels.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds no case, a folder with images under BraTS names and a segmentation such as case_seg.nii.gz: name the folder that holds the cases.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds no segmentation such as {case}_seg.nii.gz: add it, or leave the case out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no case '{case}' in {folders}: add its folder, or take the name out ({count} missing in all).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Case {case}: {text}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no case '{case}' in {folders}, the nearest name is {near}: correct the name, add its folder, or take the name out ({count} missing in all).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} holds {count} volumes, and the data set's description names {named} channels, of which {sequence} is number {number}, counted from 0: correct the description.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Case {case}: nothing says what the values in {file} mean; declare them, for example NCR=1,ED=2,ET=4 for BraTS data up to 2021, NCR=1,ED=2,ET=3 from 2023 on.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Case {case}: the declared labels {declared} contradict {file}, which says {described}; correct one of them, or declare none.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} has the file_ending '{ending}': write one such as .nii.gz.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} has a 'training' that is no list of image and label: correct or remove it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} lists {truth}, which is not there ({count} missing in all): add it, or take it out of 'training'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds no segmentation *{ending}: check the data set's folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} names no channel {number}, and {image} is there: name all channels, counted from 0.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} names the channel {number} {name}, of which no case has a file such as {image}: correct the channels, counted from 0.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is no JSON object: correct it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} names no channels, such as {example}: add them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} numbers two channels alike: correct it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} counts channels from {first}, and files and volumes are counted from 0: number the channels from 0.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} has no channel for FLAIR, T1ce, T1 or T2: correct its names.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} calls a channel '{name}', which may mean {sequences}: write one of them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} declares no labels: correct it, or declare all labels with --truth-labels.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} declares labels in no known form, which is name and value: correct it, or declare all labels with --truth-labels.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds no image of the case {case}: add it, or leave {truth} out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} can't be read ({reason}): correct it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} has two channels for {sequence}: correct it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} has the regions {regions}, and not just whole tumor, tumor core and enhancing tumor: correct it, or declare all labels with --truth-labels.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} has regions that don't lie inside each other: correct it, or declare all labels with --truth-labels.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} calls the value {value} '{name}', which is neither NCR, ED, ET nor background: correct it, or declare all labels with --truth-labels.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} calls the value {value} both {first} and '{name}': correct it, or declare all labels with --truth-labels.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Case {case}: the segmentation {file} ({grid}) is on the grid of none of its images ({sequence}: {other}): resample it onto theirs, or give the one that was drawn on them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Case {case}: all of the segmentation {file} lies outside the brain: give the one of these images.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The two evaluations have no case in common (the first has {first}, the second {second}, for example): compare evaluations of the same cases.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No case has {metric} for a subset in both evaluations: compare evaluations with more in common.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Evaluation {number} of the two holds no {metric}: make it without --quick, or choose another --metric.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} can't be read ({reason}): name the folder that `gss evaluate --output` wrote, or its {csv}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is no evaluation (line {line}: {reason}): write it anew with `gss evaluate --output`.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The plots are left out, for matplotlib is missing: pip install 'gsssegmentation[evaluate]'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing was written to {folder} ({reason}): check that it is a folder you may write to, or choose another one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing was written to {folder} ({reason}): free some space there, or choose another folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} belongs to an older {what} and can't be removed ({reason}): delete it yourself.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} holds much more than its header declares; export it again, its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} ends before its last voxel; copy or download it again, it is truncated.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a {format} file that does not say how its voxels lie in the patient; export it again as NIfTI with its orientation.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} holds {what}; export it as one scalar NIfTI volume.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} has a damaged header; export it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} has a header whose axes contradict each other; export it again, its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} has a header without an end; export it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} declares the impossible size {size}; export it again, its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is {count}-dimensional ({size}); give a single three-dimensional volume, for example one frame of the series.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a flat image ({size}); give a three-dimensional volume.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} declares {size} voxels, more than the {most} million that are read; resample it to a coarser grid, or export it again if its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} holds {count} volumes; give a file of at most {most} along a fourth axis.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} has an affine {fault}; resample it onto a grid with right angles, or export it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} places its voxels far behind its header; export it again, its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} declares {size} voxels of {bytes} bytes, more than the file holds; copy or download it again, it is truncated or damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} keeps its voxels in {voxels}, which cannot be read ({reason}); put both files into one folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} has a header with the damaged field '{field}'; export it again, its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a MetaIO file, but not of an image; give the MRI volume.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} spreads its voxels over several files; export the volume as one .mha or .nii.gz file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} keeps its voxels in another folder; put both files into one folder, or export it as .mha.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} keeps its voxels in '{voxels}', which is not there; put both files into one folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} declares {count} dimensions; export it again, its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} ends within its header; copy or download it again, it is truncated.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is an Analyze header (.hdr and .img), which does not tell left from right; export the volume as one .nii.gz file from what it was made of.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} places its voxels at byte {byte:g}; export it again, its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} declares the intercept {intercept} for its intensities; export it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} measures space in the unknown unit {unit}; export it again, in mm.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} has a rotation in its header that is none; export it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is the header of a NIfTI pair (.hdr and .img); export the volume as one .nii.gz file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is an NRRD header whose voxels are in another file; export the volume as one .nrrd or .nii.gz file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} has a header without '{field}'; export it again, its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} has the unknown byte order '{order}'; export it again, its header is damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} cannot be read ({reason}); check its permissions.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} does not fit into memory; close other programs, or resample it to a coarser grid.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} says two things of its place that lie up to {mm:.0f} mm apart, sform and qform: the sform was taken; programs that take the qform show it elsewhere.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a link to {target}, which is not there; copy the image itself.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a folder; name the image file in it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a git-annex pointer, its content has not been fetched; run 'git annex get' or 'datalad get' on it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is {kind}, not a NIfTI, NRRD or MetaImage file; convert it to NIfTI, for example in 3D Slicer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is {kind}, no image; name the image file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} holds the voxels of an image and nothing else; name its header, {header}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is not a NIfTI, NRRD or MetaImage file; convert it to NIfTI, for example in 3D Slicer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is not a regular file; give an image file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is empty; copy or download it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} does not exist; check its name and folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a folder of DICOM files; convert the series to NIfTI, for example with dcm2niix or in 3D Slicer, and name the file that this makes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a git-lfs pointer, its content has not been fetched; run 'git lfs pull'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a gzip file with nothing in it; copy or download it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is compressed twice with gzip; unpack it once, for example with gunzip, and name the result.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is an NRRD or MetaImage file compressed as a whole; unpack it, for example with gunzip, and name the result.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a DICOM file; convert its series to NIfTI, for example with dcm2niix or in 3D Slicer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is an archive ({format}); unpack it and name the image in it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is a web page (HTML), as is saved where a download wants a login; download the image again, signed in.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} holds the voxels of an Analyze pair (.hdr and .img), which does not tell left from right; export the volume as one .nii.gz file from what it was made of.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} holds the voxels of a pair of .hdr and .img; convert the pair to one .nii.gz file, for example in 3D Slicer, and name that.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} begins with nothing but zeros, as after a broken download; copy or download it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is damaged, its compressed content cannot be unpacked ({reason}); copy or download it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The device {device} was asked for, but this build of torch is without CUDA: choose auto or cpu, or install a torch with CUDA.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The device {device} is present but unusable ({fault}): the network ran on the CPU instead.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The device {device} was asked for, but {fault}: choose auto or cpu, or mend the driver.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The device {device} was asked for, but no NVIDIA device or driver answers: choose auto or cpu, or install the driver.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The device {device} was asked for, but the last of this machine is {last}: choose that, auto or cpu.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The device mps was asked for, but torch finds none here: choose auto or cpu.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Out of memory on {device}: went on with {batch} windows at a time.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Out of memory on {device}: went on with 1 window at a time.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Out of memory on {device}: went on with accumulators on the CPU.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Out of memory on {device}: went on with windows of {window} voxels, which may cost accuracy.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Out of memory on {device}: went on with the CPU.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This {device} only emulates bf16, slowly: precision auto or fp32 is faster here.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The precision bf16 was asked for, but is not offered on mps: choose auto or fp32.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The device {device} cannot compute all that the network {network} needs ({fault}): the network ran on the CPU instead.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>On {device} bf16 gives only {share:.1%} of a window the labels of fp32 (largest deviation {deviation:.2f}): fp32 was used instead.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The segmentation was cancelled; nothing was written.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The network {network} put out values that are not finite: choose precision fp32, or get the network anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>On {device} bf16 gives only {share:.1%} of a window the labels of fp32 (largest deviation {deviation:.2f}): it was used because it was asked for; precision fp32 is safer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Memory does not suffice for this study on {device}, even in windows of {window} voxels, one at a time: close other programs, take a machine with more memory, or choose still smaller windows (--window), which may cost accuracy.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Memory does not suffice for this study: close other programs, or take a machine with more memory.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Clean-up removed {count} tumour components of less than {least:g} ml each, {ml:.2f} ml together.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Clean-up turned {count} components of enhancing tumour of less than {least:g} ml each, {ml:.2f} ml together, into necrotic and non-enhancing core.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Inference settings: device is 'auto', 'cpu', 'cuda', 'cuda:N' or 'mps', not {value}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Inference settings: precision is 'auto', 'fp32', 'bf16', not {value}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Inference settings: threads is a positive whole number, or None, not {value}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Inference settings: overlap lies in 0 to 0.9, not {value}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Inference settings: batch is a positive whole number of windows, not {value}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Inference settings: {name} is a number of ml, 0 or more, not {value}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Inference settings: window is three positive whole numbers of voxels, or None, not {value}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{wanted} threads were asked for, but this process has {cores} cores: {cores} were used.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network: there is no folder {folder}; name the folder of a network, with {card} in it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network: {folder} is the folder of a training; name the network in it, {network}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network: {file} is a file; name the folder of a network, with {card} in it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network: the folder {folder} holds no {card}; name the folder of a network.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network: there is no folder {folder}; the shipped network of that name is taken where none is named, so leave this out, or name the folder of another network.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network: there is no folder {folder}; that is the name of an architecture, of which no trained network is shipped: train one, and name its folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {folder}: {file} does not fit {network} ({name}): get the network anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {folder}: {file} is not what the card says (SHA-256 differs): get the network anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {folder}: {file} is damaged ({fault}): get the network anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {folder}: {name} is {found}, not {wanted}: get the network anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {folder}: {name} holds values that are not finite: get the network anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network: {folder} can't be read ({reason}); check its permissions.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {folder}: {file} can't be read ({fault}): get the network anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {folder}: {file} is of version {version}, this program reads {known}; use a network made for this version.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {folder}: {file} can't be read ({fault}); name a network's folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {folder}: {file} is malformed ({fault}); get the network anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no network called '{name}': choose one of {names}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network {name}: its options are not what it takes ({fault}): correct them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is there already, and this program did not write it: move it, or choose another folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} was changed after this program had written it: move it, or choose another folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} is the name of a file, and a folder is wanted: name one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} would be written over, and it is one of the files that are read: choose another folder for the results.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is a folder, where a file goes: move it, or choose another folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing can be written to {folder} ({reason}): check its permissions, or choose another folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence} looks more like {other} by its contrast: check which sequence it is, or leave it out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequences} look exchanged by their contrast: check which file shows which sequence.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The images show {ml:.1f} ml only, a piece of a brain: the network knows whole ones; give the whole volumes, and check their voxel size.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence} holds {count} different values only, as labels or a mask do: give the MRI volume itself, or leave this modality out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The result holds no tumour, but the network knows brains with a glioma only: look at the images yourself.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{region} fills {share:.0%} of the brain, {ml:.0f} ml, which is hardly a tumour: check that each file shows the sequence it is given as, skull-stripped and registered.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Contours</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>volume</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>necrotic / non-enhancing core</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Confidence</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Agreed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Guided</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Low</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Expected accuracy</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>mean Dice</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>share of tumour</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>on other cases with the same</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>modalities</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>? and dashed: not to be relied on</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No tumour was found: the planes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>go through the middle of the brain.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Radiological convention: the patient's right is on the left of the picture.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Axial</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Coronal</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sagittal</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Brain tumour segmentation</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Used:</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>1 warning: see the report</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Missing:</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>none</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{count} warnings: see the report</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Three planes through the tumour with its contours</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Made {time}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The checks of the input and of the result found nothing to warn about.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>1 warning</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Region</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Volume, ml</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Expected Dice: the mean that this network reached from {subset} on other cases; a single case may be far from it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Licence</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Weights</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Device</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Precision</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Window</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Overlap</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Batch</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Accumulators</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Parts of tumour kept</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Parts of ET kept</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Versions</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Prepare</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Network</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Restore</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Encode</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pictures</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>whole crop</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Volumes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Inputs</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>How it was computed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>From {used}; missing: {missing}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>From {used}; missing: none</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Expected Dice</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Dice to the truth</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>WT is NCR, ED and ET together; TC is NCR and ET.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No Dice can be expected: what was measured of this network holds for sound images only.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>resampled onto the reference</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>on the reference's grid</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>reference</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Modality</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>File</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Grid</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Limits</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>all, no clean-up</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stage</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Seconds</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{count} warnings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{mark}: not to be relied on, see the warnings above.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Truth: {file}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{shape} voxels of {spacing} mm, {axes}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Together</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Every contour needs to be checked by someone qualified to.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>not to be relied on</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Measured on {source}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing has been measured of this network's accuracy from {subset}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an array in memory</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{ml:g} ml and more</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>en</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>near the midline</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>slice {number} of {count}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{mm:.0f} mm right of the midline</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{mm:.0f} mm left of the midline</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>ET is not to be relied on: without T1ce nothing shows enhancement. Add T1ce, or disregard ET.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{regions} can't be relied on from {subset}: the network's mean Dice there is below {bound:.1f}. Add the sequences that are missing, or check every contour.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The truth {file} does not overlap the study; name that of the same patient.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence} lies on another grid ({shape} voxels of {spacing} mm) and was resampled onto that of {reference} ({reference_shape} voxels of {reference_spacing} mm).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No modality was given: name at least one file out of FLAIR, T1ce, T1 and T2.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The reference {reference} is not among the modalities given ({sequences}): choose one of these, or add its file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{name}' is no modality: use one of flair, t1ce, t1, t2.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{name}' is no modality: use '{meant}', or another one of flair, t1ce, t1, t2.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequences}: not skull-stripped, as it looks, but the networks know brains on a background of 0 only; skull-strip all modalities alike first, e.g. with HD-BET, SynthStrip or Slicer's SwissSkullStripper.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: the brain does not lie where it does in {reference} (they share {share:.0%}); register all modalities to each other first.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {count} voxels of {file} are NaN or infinite and were set to 0.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} shows the same value everywhere; give the MRI volume itself, or leave this modality out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: the array given has the shape {shape}; hand over a three-dimensional volume (I, J, K).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: the array given holds {type} values; hand over real numbers.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: the array given has an affine {fault}; hand over 4 x 4, voxel to RAS mm, resampled to right angles.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {share:.1%} of the voxels of {file} are NaN or infinite; set them to 0 if they are background, or export the volume again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} is empty, all its voxels are 0; give the MRI volume itself, or leave this modality out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: the array given has an affine that is no matrix of numbers; hand over 4 x 4, voxel to RAS mm.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{one} and {other} are the same volume ({file} and {other_file}): give each modality its own file, or leave one out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{one} and {other} are the same volume: give each modality its own, or leave one out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: {file} shows nothing where the reference, {reference} ({reference_file}), lies: register the two first, or check that both are of the same patient.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence} is coarse, {mm:.3g} mm from slice to slice: volumes and borders are uncertain along that axis; use a finer series if there is one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>T1 and T1ce look swapped, as vessels and tumour are brighter in T1 than in T1ce: check which of the two was taken after contrast agent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds no FLAIR, T1ce, T1 or T2 under a known name, such as case_flair.nii.gz or case-t2f.nii.gz: rename the files so, or name them one by one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Passed over in {folder}, by the name no FLAIR, T1ce, T1 or T2: {files}. Rename what should be used, or name the files one by one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Left out in {folder}, by the name reformats or corrected copies of images that are there: {files}. To use one, name the files one by one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds numbered channels, such as {file}, and nothing says which is FLAIR, T1ce, T1 or T2: name the files one by one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds no FLAIR, T1ce, T1 or T2 under a known name, such as case_flair.nii.gz or case-t2f.nii.gz, but images such as {files}: rename the files so, or name them one by one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Passed over in {folder}, by the name no FLAIR, T1ce, T1 or T2: {count} images, among them {files}. Rename what should be used, or name the files one by one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds more than one segmentation, {files}: keep one of them in the folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} is no folder: check the name of the case folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The name of {file} may mean {sequences}: rename the file so that it says one of them, or name the files one by one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds more than one {sequence}, {files}: keep one of them in the folder, or name the files one by one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: by its name, {file} is {other}: check that the files are not exchanged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: by its name, {file} is a segmentation or a mask: check that it is the image.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Case {case}: {file} cannot be read ({reason}): add it, fetch what it links to, or leave the case out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Case {case}: {folder} can't take its {mib:.0f} MiB ({reason}): make room, or choose another folder with --cache.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is not a checkpoint of this version: start the training anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The checkpoint {file} was made with another recipe: choose another output folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The checkpoint {file} can't be read ({fault}): start the training anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The checkpoint {file} divides the parameters among its optimisers in another way: start the training anew.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no case to train on: name a folder that holds studies with label maps.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recipe {recipe} has data.crop = {crop}, but {network} wants multiples of {stride}: write {near}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A batch gives {samples} samples to each process, which {passes} equal passes can't work off: choose another --accumulate.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A {start} with {start_options} can't be the start of a {network} with {options}: let the recipe's [network] say the same.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The network {network} can't be built with the options {options} ({reason}): correct the recipe.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The loss is not finite at step {step}, case {cases}: look at that case, or lower the learning rate; the last checkpoint is kept.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tumour pieces go with a recipe that pastes them ([pieces] probability), and no other: name a file of pieces, or leave it out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No split of {cases} cases has every modality as often as its missing rate says and leaves no case with nothing: lower the rates, or take more cases.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Case {case} lacks a modality already, but missing_split = 'expected' is for complete cases: leave the case out, or write missing_split = 'drawn'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recipe pastes tumour pieces ([pieces] probability) but there are none: add --pieces FILE.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recipe pastes no tumour pieces, so {file} would go unused: leave --pieces out, or set probability in the recipe's table [pieces].</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is no file of tumour pieces, it lacks the array {array}: name another.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} can't be read as a file of tumour pieces ({fault}): name another.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>In the recipe {recipe}, {key} is {value} and must be {wanted}: correct it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recipe {recipe} can't be read ({reason}): name a TOML file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recipe {recipe} is no valid TOML ({reason}): correct that line.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recipe {recipe} has a key {key}, which no recipe has: write {near}, if that was meant.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>In the recipe {recipe}, {key} is {value} and must lie in {interval}: correct it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>In the recipe {recipe}, the values of {table} contradict each other ({reason}): correct one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A step does not fit into the memory of {device}: use --accumulate, or a smaller crop, batch or network.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is missing: there is nothing to resume; leave --resume out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} exists already: add --resume, or choose another folder.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{folder} holds a network already: choose another folder with --output.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Training: workers must not be negative, accumulate and checkpoint_every must be positive.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stopped after step {step} of {steps}: --resume goes on from there.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The folder {folder} can't be written ({reason}): choose another with --output.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{processes} processes can't share the device {device}: use --device auto, cpu or cuda.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A batch of {batch} can't be divided among {processes} processes: make schedule.batch a multiple of {processes}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The device {device} can't be used ({fault}): choose another with --device.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The segmentation {file} holds undeclared values, {values}: declare every value with its label, here only {declared} are.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The segmentation {file} holds undeclared values, {values} (4 is the enhancing tumour in BraTS data up to 2021, which --truth-labels NCR=1,ED=2,ET=4 declares, but the resection cavity in BraTS 2024): declare every value with its label, here only {declared} are.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{part}' in the truth labels '{text}' is not of the form LABEL=VALUE with a label out of {labels}: write, for example, NCR=1,ED=2,ET=4.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The truth labels '{text}' declare the value {value} twice: give each value one label.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The segmentation {file} holds more than {most} values, so it is no label map: give the segmentation.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{sequence}: the voxels of '{volume}' got another size or were mirrored while the segmentation ran, so its result would be wrong; nothing was added. Run it again.</source>
   <translation>{sequence}: Die Voxel von „{volume}“ haben während der Segmentierung eine andere Größe erhalten oder wurden gespiegelt; das Ergebnis wäre falsch und wurde nicht übernommen. Bitte erneut starten.</translation>
  </message>
  <message>
   <source>{sequence}: the voxels of '{volume}' changed while the segmentation ran, so its result belongs to other ones; nothing was added. Run it again.</source>
   <translation>{sequence}: Die Voxel von „{volume}“ haben sich während der Segmentierung geändert; das Ergebnis gehört nicht mehr zu ihnen und wurde nicht übernommen. Bitte erneut starten.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' was moved or changed against '{reference}' while the segmentation ran, so its result belongs to another position; nothing was added. Run it again.</source>
   <translation>{sequence}: „{volume}“ wurde während der Segmentierung gegenüber „{reference}“ bewegt oder verändert; das Ergebnis gehört zu einer anderen Lage und wurde nicht übernommen. Bitte erneut starten.</translation>
  </message>
  <message>
   <source>{sequence}: {file} does not exist; correct the path.</source>
   <translation>{sequence}: {file} gibt es nicht; bitte den Pfad korrigieren.</translation>
  </message>
  <message>
   <source>{sequence}: {file} can't be read; name an image file, such as .nii.gz or .nrrd.</source>
   <translation>{sequence}: {file} ist nicht lesbar; bitte eine Bilddatei angeben, etwa .nii.gz oder .nrrd.</translation>
  </message>
  <message>
   <source>{file} can't be written: check that the folder exists and has room.</source>
   <translation>{file} kann nicht geschrieben werden: Bitte prüfen, ob es den Ordner gibt und ob dort Platz ist.</translation>
  </message>
  <message>
   <source>{file} can't be written ({reason}): choose another folder.</source>
   <translation>{file} kann nicht geschrieben werden ({reason}): Bitte einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>{packages} is still missing after the installation: restart Slicer and try again. To install it by hand, run `{command}`.</source>
   <translation>{packages} fehlt auch nach der Installation: Bitte Slicer neu starten und es erneut versuchen. Von Hand installiert es dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>Missing: {packages}. Install them from the module's panel (Apply asks first), or run `{command}`.</source>
   <translation>Es fehlt: {packages}. „Anwenden“ im Modul installiert es auf Nachfrage, oder dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>Nothing was installed, and {packages} is still missing. To install it by hand, run `{command}`.</source>
   <translation>Es wurde nichts installiert, {packages} fehlt weiterhin. Von Hand installiert es dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>{packages} could not be installed ({reason}): check the network connection. To install it by hand, run `{command}`.</source>
   <translation>{packages} konnte nicht installiert werden ({reason}): Bitte die Netzwerkverbindung prüfen. Von Hand installiert es dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>Outside Slicer nothing is installed. Run `{command}`.</source>
   <translation>Außerhalb von Slicer wird nichts installiert. Es hilft dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>PyTorch was not installed. To install it by hand, run `{command}`.</source>
   <translation>PyTorch wurde nicht installiert. Von Hand installiert es dieser Befehl: `{command}`.</translation>
  </message>
  <message>
   <source>PyTorch is installed by Slicer's PyTorch extension, which is missing: install 'PyTorch' in the Extensions Manager and restart Slicer, or run `{command}`.</source>
   <translation>PyTorch wird von der Slicer-Erweiterung PyTorch installiert, und diese fehlt: Bitte „PyTorch“ im Extensions Manager installieren und Slicer neu starten, oder diesen Befehl ausführen: `{command}`.</translation>
  </message>
  <message>
   <source>The reference {reference} is not among the volumes given ({given}): choose one of them.</source>
   <translation>Die Referenz {reference} ist nicht unter den ausgewählten Volumina ({given}): Bitte eines davon wählen.</translation>
  </message>
  <message>
   <source>{sequence}: {given} is no node of the scene; give a volume node, such as slicer.util.getNode('name').</source>
   <translation>{sequence}: {given} ist kein Knoten der Szene; bitte einen Volumenknoten angeben, etwa slicer.util.getNode('name').</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' is no volume ({kind}); choose a scalar volume.</source>
   <translation>{sequence}: „{volume}“ ist kein Volumen ({kind}); bitte ein skalares Volumen wählen.</translation>
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
   <source>{sequence}: '{volume}' has no image; load it again.</source>
   <translation>{sequence}: „{volume}“ enthält kein Bild; bitte neu laden.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' has {count} values per voxel; choose a scalar volume.</source>
   <translation>{sequence}: „{volume}“ hat {count} Werte je Voxel; bitte ein skalares Volumen wählen.</translation>
  </message>
  <message>
   <source>{sequence}: '{volume}' has axes that are not at right angles, or a voxel spacing of zero or without a value; correct its geometry, or resample it.</source>
   <translation>{sequence}: Die Achsen von „{volume}“ stehen nicht rechtwinklig, oder der Voxelabstand ist null oder ohne Wert; bitte die Geometrie korrigieren oder das Volumen neu abtasten.</translation>
  </message>
  <message>
   <source>No volume was given: choose at least one of FLAIR, T1ce, T1 and T2.</source>
   <translation>Es ist kein Volumen ausgewählt: Bitte mindestens eines von FLAIR, T1ce, T1 und T2 wählen.</translation>
  </message>
  <message>
   <source>The volume '{volume}' was given as {first} and as {second}: choose another one for one of them, or none.</source>
   <translation>Das Volumen „{volume}“ ist als {first} und als {second} ausgewählt: Bitte für eine der beiden Sequenzen ein anderes oder keines wählen.</translation>
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
   <source>PythonSlicer, which comes with Slicer, is not to be found: install Slicer again.</source>
   <translation>PythonSlicer, das zu Slicer gehört, ist nicht zu finden: Bitte Slicer neu installieren.</translation>
  </message>
  <message>
   <source>{program} can't be started ({reason}): install it again.</source>
   <translation>{program} lässt sich nicht starten ({reason}): Bitte neu installieren.</translation>
  </message>
  <message>
   <source>The segmentation process was killed by signal 9, as happens when memory runs out; the scene is as it was.</source>
   <translation>Der Segmentierungsprozess wurde durch Signal 9 beendet, wie es bei zu wenig Arbeitsspeicher geschieht; die Szene ist unverändert.</translation>
  </message>
  <message>
   <source>The volumes were moved together while the segmentation ran; the segments lie where the volumes lie now.</source>
   <translation>Die Volumina wurden während der Segmentierung gemeinsam bewegt; die Segmente liegen dort, wo die Volumina jetzt liegen.</translation>
  </message>
  <message>
   <source>The segmentation was cancelled; the scene is as it was.</source>
   <translation>Die Segmentierung wurde abgebrochen; die Szene ist unverändert.</translation>
  </message>
  <message>
   <source>The segmentation process was killed by signal {signal}; the scene is as it was.</source>
   <translation>Der Segmentierungsprozess wurde durch Signal {signal} beendet; die Szene ist unverändert.</translation>
  </message>
  <message>
   <source>{sequence}: the reference has left the scene while the segmentation ran, so its result has no place; nothing was added. Load it again and run it again.</source>
   <translation>{sequence}: Die Referenz wurde während der Segmentierung aus der Szene entfernt; das Ergebnis hat dort keinen Platz und wurde nicht übernommen. Bitte neu laden und erneut starten.</translation>
  </message>
  <message>
   <source>The files of the report lie where the volumes were when the segmentation started.</source>
   <translation>Die Dateien des Berichts liegen dort, wo die Volumina zu Beginn der Segmentierung lagen.</translation>
  </message>
  <message>
   <source>{sequence} lies under a transform that is not affine, and was resampled onto the grid of {reference}.</source>
   <translation>{sequence} liegt unter einer Transformation, die nicht affin ist, und wurde auf das Raster von {reference} umgerechnet.</translation>
  </message>
  <message>
   <source>The volumes can't be written to {folder} ({reason}): free some space there, or choose another temporary folder.</source>
   <translation>Die Volumina lassen sich nicht in {folder} schreiben ({reason}): Bitte dort Platz schaffen oder einen anderen temporären Ordner wählen.</translation>
  </message>
  <message>
   <source>The segmentation process ended with exit code {number}; the scene is as it was. Its last lines:
{log}.</source>
   <translation>Der Segmentierungsprozess endete mit dem Code {number}; die Szene ist unverändert. Seine letzten Zeilen:
{log}.</translation>
  </message>
  <message>
   <source>The segmentation process ended with exit code {number}; the scene is as it was. It said nothing.</source>
   <translation>Der Segmentierungsprozess endete mit dem Code {number}; die Szene ist unverändert. Er hat keine Meldung hinterlassen.</translation>
  </message>
  <message>
   <source>The output {output} is no segmentation: choose a segmentation node, or none for a new one.</source>
   <translation>Die Ausgabe {output} ist keine Segmentierung: Bitte eine Segmentierung wählen, oder keine für eine neue.</translation>
  </message>
  <message>
   <source>The output '{output}' is not in the scene of the volumes: choose another one, or none for a new one.</source>
   <translation>Die Ausgabe „{output}“ gehört nicht zur Szene der Volumina: Bitte eine andere wählen, oder keine für eine neue.</translation>
  </message>
  <message>
   <source>The output '{output}' holds other segments under another transform than the reference '{reference}': choose another output, or put both under the same transform.</source>
   <translation>Die Ausgabe „{output}“ enthält weitere Segmente unter einer anderen Transformation als die Referenz „{reference}“: Bitte eine andere Ausgabe wählen oder beide unter dieselbe Transformation legen.</translation>
  </message>
  <message>
   <source>{setting} is True or False, not {given}.</source>
   <translation>{setting} ist True oder False, nicht {given}.</translation>
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
   <source>Research tool, not for clinical use.</source>
   <translation>Forschungswerkzeug, nicht für den klinischen Einsatz.</translation>
  </message>
  <message>
   <source>whole tumour</source>
   <translation>gesamter Tumor</translation>
  </message>
  <message>
   <source>tumour core</source>
   <translation>Tumorkern</translation>
  </message>
  <message>
   <source>enhancing tumour</source>
   <translation>Kontrastmittel aufnehmender Tumoranteil</translation>
  </message>
  <message>
   <source>background</source>
   <translation>Hintergrund</translation>
  </message>
  <message>
   <source>necrotic and non-enhancing tumour core</source>
   <translation>nekrotischer und nicht aufnehmender Tumorkern</translation>
  </message>
  <message>
   <source>peritumoural oedema</source>
   <translation>peritumorales Ödem</translation>
  </message>
  <message>
   <source>outside the brain</source>
   <translation>außerhalb des Gehirns</translation>
  </message>
  <message>
   <source>neither FLAIR nor all others</source>
   <translation>weder FLAIR noch alle übrigen</translation>
  </message>
  <message>
   <source>FLAIR or all others are sure</source>
   <translation>FLAIR oder alle übrigen sind sicher</translation>
  </message>
  <message>
   <source>each modality alone is sure</source>
   <translation>jede Sequenz allein ist sicher</translation>
  </message>
  <message>
   <source>Made for pre-operative glioma of adults: not for operated heads, children, metastases, meningioma or other lesions, on which it was never tried.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wants skull-stripped, registered images; it was trained at 1 mm.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Trained for about four hours in all on two CPU cores, and not to the end: longer training would probably have made it better. With all four modalities it drew the whole tumour too small in 14 of the 16 validation cases, by 5 ml on average, and the core by 10 ml; in two cases with less than 2 ml of enhancing tumour it called 16 ml enhancing, and in one it took 93 of 131 ml of core for oedema.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It leaves specks: lesion-wise scores count them, `--minimum-component` takes them away.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Without T1ce nothing shows enhancement: Dice of ET is then 0.25 to 0.37. From T1 or T1ce alone it misses much of the oedema (Dice of WT 0.62 and 0.68).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recipe was chosen on the 16 validation cases on which the table was measured; studies from elsewhere do worse.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>16 cases (validation) at 1 x 1 x 1 mm: BraTS-SSA-00012-000, BraTS-SSA-00028-000, BraTS-SSA-00049-000, BraTS-SSA-00051-000, BraTS-SSA-00122-000, BraTS2021_00005, BraTS2021_00006, BraTS2021_00019, BraTS2021_01478, BraTS2021_01481, BraTS2021_01661, Brats18_CBICA_AOP_1, Brats18_CBICA_ASG_1, Brats18_TCIA01_499_1, Brats18_TCIA03_265_1, Brats18_TCIA10_637_1. Dice of a region is 1 where both truth and prediction are empty, and 0 where only one of them is; these scores are part of the means. HD95 is 0 where both are empty, and 373.13 mm where only one of them is; these values are part of the means. Of the voxels within 5 mm of predicted or true tumour, those of a confidence level: which share has the expert's label, and in brackets, which share of the voxels has that level. Voxels of all cases are counted together. Without FLAIR, or with nothing else, there is no level between low and agreed.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>GSSSegmentation</name>
  <message>
   <source>Research tool, not for clinical use.</source>
   <translation>Forschungswerkzeug, nicht für den klinischen Einsatz.</translation>
  </message>
  <message>
   <source>For adult glioma before surgery. The images must be skull-stripped and registered to each other.</source>
   <translation>Für präoperative Gliome Erwachsener. Die Sequenzen müssen hirnextrahiert (skull-stripped) und koregistriert sein.</translation>
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
   <source>FLAIR volume, skull-stripped. Leave it at None if the patient has none.</source>
   <translation>FLAIR-Volumen, hirnextrahiert (skull-stripped). Bleibt auf „None“, wenn es keines gibt.</translation>
  </message>
  <message>
   <source>T1ce:</source>
   <translation>T1ce:</translation>
  </message>
  <message>
   <source>T1 volume after contrast agent, skull-stripped. Without it enhancing tumour can't be seen.</source>
   <translation>T1-Volumen nach Kontrastmittelgabe, hirnextrahiert. Ohne dieses Volumen ist der Kontrastmittel aufnehmende Tumoranteil nicht zu erkennen.</translation>
  </message>
  <message>
   <source>T1:</source>
   <translation>T1:</translation>
  </message>
  <message>
   <source>T1 volume before contrast agent, skull-stripped. Leave it at None if the patient has none.</source>
   <translation>Natives T1-Volumen (vor Kontrastmittelgabe), hirnextrahiert. Bleibt auf „None“, wenn es keines gibt.</translation>
  </message>
  <message>
   <source>T2:</source>
   <translation>T2:</translation>
  </message>
  <message>
   <source>T2 volume, skull-stripped. Leave it at None if the patient has none.</source>
   <translation>T2-Volumen, hirnextrahiert. Bleibt auf „None“, wenn es keines gibt.</translation>
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
   <source>Whose grid and position the segments get. The other volumes are resampled onto it where they differ.</source>
   <translation>Bestimmt Raster und Lage der Segmente. Abweichende Volumina werden auf dieses Raster umgerechnet.</translation>
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
   <translation>Teilregionen schließen einander aus: nekrotischer Tumorkern, Ödem, Kontrastmittel aufnehmender Tumoranteil. Verschachtelte Regionen enthalten einander: gesamter Tumor, Tumorkern, Kontrastmittel aufnehmender Tumoranteil.</translation>
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
   <translation>Tumoranteile verwerfen unter:</translation>
  </message>
  <message>
   <source>Clean-up: connected parts of tumour smaller than this become background.</source>
   <translation>Bereinigung: Zusammenhängende Tumoranteile, die kleiner sind, werden zu Hintergrund.</translation>
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
   <source>Clean-up: connected parts of enhancing tumour smaller than this become necrotic and non-enhancing core.</source>
   <translation>Bereinigung: Zusammenhängende Kontrastmittel aufnehmende Tumoranteile, die kleiner sind, werden als nekrotischer und nicht aufnehmender Tumorkern gewertet.</translation>
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
   <source>Segments brain tumours from whichever of FLAIR, T1ce, T1 and T2 a patient has. The images must be skull-stripped and registered to each other. For adult glioma before surgery. Research tool, not for clinical use.</source>
   <translation>Segmentiert Hirntumoren aus den Sequenzen FLAIR, T1ce, T1 und T2, die von einem Patienten vorliegen. Die Sequenzen müssen hirnextrahiert (skull-stripped) und koregistriert sein. Für präoperative Gliome Erwachsener. Forschungswerkzeug, nicht für den klinischen Einsatz.</translation>
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
   <translation>Sequenzen werden gelesen und geprüft</translation>
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
   <source>{sequence}: more than one would do, {names}. Choose one.</source>
   <translation>{sequence}: Mehrere Volumina kommen infrage, {names}. Bitte eines auswählen.</translation>
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
   <translation>Ohne T1ce ist keine Kontrastmittelaufnahme zu erkennen: ET ist nur eine Schätzung.</translation>
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
   <source>Unexpected fault: {fault}</source>
   <translation>Unerwarteter Fehler: {fault}</translation>
  </message>
  <message>
   <source>The network folder holds no network.</source>
   <translation>Der Netzordner enthält kein Netz.</translation>
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
