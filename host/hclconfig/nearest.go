package hclconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// nearest returns the known name that given was probably meant to be, or "".
func nearest(given string, known []string) string {
	if len(given) > 128 {
		return ""
	}
	best, bestDistance := "", len(given)/3+2
	for _, name := range known {
		if strings.EqualFold(strings.ReplaceAll(given, "-", "_"), strings.ReplaceAll(name, "-", "_")) {
			return name
		}
		if d := levenshtein.Distance(given, name, nil); d < bestDistance && d < len(name) {
			best, bestDistance = name, d
		}
	}
	return best
}

// didYouMean is a way out: the nearest name, or all of them when none is near and they are few.
func didYouMean(given string, known []string, what string) string {
	if name := nearest(given, known); name != "" {
		return fmt.Sprintf("Did you mean %q?", name)
	}
	known = slices.Clone(known)
	slices.Sort(known)
	switch {
	case len(known) == 0:
		return "There is no " + what + " here."
	case len(known) > 20:
		return ""
	default:
		return "Known here: " + strings.Join(known, ", ") + "."
	}
}

// list joins names as "a, b or c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
