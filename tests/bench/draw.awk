# SPDX-License-Identifier: MIT
# awk -F '\t' -f draw.awk PICTURE FIGURES: prints an SVG of the rows that PICTURE lists, from the
# medians in FIGURES, which run writes. A program that was not measured has no bar. Rows that were
# not measured are named on standard error; if none was, nothing is printed.
#
# PICTURE has four lines for each row, and an empty line between two rows: the row's group, its
# name, the command, and what that works on, where FILES stands for the number of files.
#
# A row has a bar for each program. Its length is the program's time relative to GNU's; it is cut
# off at MOST. The background is transparent, and the colours suit a light and a dark one.

function escaped(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	gsub(/>/, "\\&gt;", s)
	return s
}

function with_commas(n,  s) {
	for (; length(n) > 3; n = substr(n, 1, length(n) - 3))
		s = "," substr(n, length(n) - 2) s
	return n s
}

function ratio_text(r) {
	return sprintf(r < 0.1 ? "%.3f" : r < 10 ? "%.2f" : "%.1f", r)
}

function seconds_text(s) {
	if (s < 1)
		return sprintf(s < 0.01 ? "%.2f ms" : "%.0f ms", s * 1000)
	return sprintf(s < 10 ? "%.1f s" : "%.0f s", s)
}

# The other programs with their versions: the first number with a dot that --version prints.
function versions(  p, s) {
	for (p = 1; p <= programs; p++)
		if (order[p] in version && match(version[order[p]], /[0-9]+(\.[0-9]+)+/))
			s = s ", " shown[order[p]] " " substr(version[order[p]], RSTART, RLENGTH)
	return substr(s, 3)
}

function text(class, x, y, s) {
	printf "<text class=\"%s\" x=\"%g\" y=\"%g\">%s</text>\n", class, x, y, escaped(s)
}

# A bar of length r. If it is cut off, it has a gap before its end.
function draw_bar(class, y, r,  width, cut) {
	width = (r < MOST ? r : MOST) * UNIT
	if (r <= MOST) {
		printf "<rect class=\"%s\" x=\"%d\" y=\"%d\"", class, BARS, y
		printf " width=\"%.1f\" height=\"%d\"/>\n", width < 1 ? 1 : width, BAR
		return
	}
	cut = BARS + width - 18
	printf "<path class=\"%s\" d=\"M%d %dH%dl-4 %dH%dz", class, BARS, y, cut, BAR, BARS
	printf "M%d %dH%dv%dH%dz\"/>\n", cut + 5, y, BARS + width, BAR, cut + 1
}

# Row i: a bar for each program, with its name and figure on the left.
function draw_bars(i,  p, program, y) {
	y = HEAD
	for (p = 1; p <= programs; p++) {
		program = order[p]
		if (!((name[i], program) in ratio))
			continue
		draw_bar(program, y, ratio[name[i], program])
		text("name", BARS - 46, y + BAR - 2, shown[program])
		text("value", BARS - 6, y + BAR - 2, ratio_text(ratio[name[i], program]))
		if (program == "gnu")
			text("time", BARS + UNIT + 6, y + BAR - 2,
				seconds_text(seconds[name[i], program]))
		y += STEP
	}
}

function height_of(i,  p, n) {
	for (p = 1; p <= programs; p++)
		n += (name[i], order[p]) in ratio
	return HEAD + n * STEP
}

function draw_panel(i, x, y) {
	printf "<g transform=\"translate(%d %d)\">\n", x, y
	text("command", 0, 12, command[i])
	text("about", 0, 28, about[i])
	printf "<path class=\"one\" d=\"M%d %dV%d\"/>\n", BARS + UNIT, HEAD - 3, height_of(i)
	draw_bars(i)
	print "</g>"
}

# Places the panels in pairs, from y on. Returns where they end.
function place_panels(y,  i, height) {
	for (i = 1; i <= rows; i += 2) {
		top[i] = top[i + 1] = y
		height = height_of(i)
		if (i < rows && height < height_of(i + 1))
			height = height_of(i + 1)
		y += height + GAP
	}
	return y
}

# Row i in words.
function described(i,  p, s) {
	for (p = 1; p <= programs; p++)
		if ((name[i], order[p]) in ratio)
			s = s "; " shown[order[p]] " " ratio_text(ratio[name[i], order[p]])
	return command[i] " (" about[i] "): " substr(s, 3) "."
}

function print_style() {
	print "<style>"
	print "text { font: 12px system-ui, Helvetica, sans-serif; fill: #59636e }"
	print ".title { font-size: 16px; font-weight: 600 }"
	print ".command { font: bold 12px ui-monospace, Menlo, Consolas, monospace }"
	print "text.name, text.value, text.time { font-size: 11px }"
	print "text.name, text.value { text-anchor: end }"
	print ".static { fill: #1a6fd4 } .dynamic { fill: #5b9fec } .gnu { fill: #59636e }"
	print ".busybox, .toybox, .uutils, .xargs { fill: #9aa4ae }"
	print ".one { stroke: #59636e; stroke-dasharray: 2 2 }"
	print "@media (prefers-color-scheme: dark) {"
	print "text, .gnu { fill: #9198a1 } .one { stroke: #9198a1 }"
	print ".static { fill: #388bfd } .dynamic { fill: #7ab5ff }"
	print ".busybox, .toybox, .uutils, .xargs { fill: #656c76 }"
	print "}"
	print "</style>"
}

function draw(  foot, height, i) {
	foot = place_panels(TOP)
	height = foot + 36
	print "<svg xmlns=\"http://www.w3.org/2000/svg\""
	printf "  width=\"%d\" height=\"%d\"", WIDTH, height
	printf " viewBox=\"0 0 %d %d\"\n", WIDTH, height
	print "  role=\"img\" aria-labelledby=\"title desc\">"
	print "<title id=\"title\">" fact["measure"] " relative to GNU chmod</title>"
	print "<desc id=\"desc\">"
	for (i = 1; i <= rows; i++)
		print escaped(described(i))
	print "</desc>"
	print_style()
	text("title", LEFT, 22, fact["measure"] " relative to GNU chmod; shorter is better")
	for (i = 1; i <= rows; i++)
		draw_panel(i, i % 2 ? LEFT : RIGHT, top[i])
	text("about", LEFT, foot + 10, "Medians of paired runs on " fact["machine"] ".")
	text("about", LEFT, foot + 28, versions() ".")
	print "</svg>"
}

BEGIN {
	WIDTH = 880
	LEFT = 8; RIGHT = 456; TOP = 46; GAP = 22	# where panels are; between them
	HEAD = 36; STEP = 16; BAR = 12	# in a panel: above the bars; from bar to bar; its height
	BARS = 150; UNIT = 133; MOST = 2	# where bars begin; how long 1 is; the longest
	programs = split("static dynamic gnu busybox toybox uutils xargs", order, " ")
	for (p in order)
		shown[order[p]] = order[p]
	shown["static"] = "surechmod, static"; shown["dynamic"] = "surechmod"
	shown["gnu"] = "GNU"; shown["xargs"] = "find | xargs -P64"
}

FNR == NR {
	if (FNR % 5 == 2)
		listed[++lists] = $0
	if (FNR % 5 == 3)
		listed_command[lists] = $0
	if (FNR % 5 == 4)
		listed_about[lists] = $0
	next
}
$1 == "time" { seconds[$2, $3] = $4; ratio[$2, $3] = $5; measured[$2] }
$1 == "version" { version[$2] = $3 }
$1 == "machine" || $1 == "measure" || $1 == "files" { fact[$1] = $2 }

END {
	for (i = 1; i <= lists; i++) {
		if (!(listed[i] in measured)) {
			missing = missing "draw: not measured: " listed[i] "\n"
			continue
		}
		name[++rows] = listed[i]
		command[rows] = listed_command[i]
		about[rows] = listed_about[i]
		sub(/FILES/, with_commas(fact["files"]), about[rows])
	}
	if (rows) {
		printf "%s", missing >"/dev/stderr"
		draw()
	}
}
