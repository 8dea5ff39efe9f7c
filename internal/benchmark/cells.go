package main

import (
	"slices"
	"time"

	"github.com/aio-llm/aio/internal/benchmark/upstream"
)

// The loads, by name.
const (
	unary1      = "unary, 1 caller"
	unary16     = "unary, 16 callers"
	unary64     = "unary, 64 callers"
	unary256    = "unary, 256 callers"
	saturated16 = "16 saturated streams"
	saturated64 = "64 saturated streams"
	paced16     = "16 paced streams"
	paced32     = "32 paced streams"
	paced64     = "64 paced streams"
	first1      = "first token, 1 stream"
	start1      = "start, 1 plugin"
	start20     = "start, 20 plugins"
)

// The sides.
const (
	directVariant  = "direct"
	bytesVariant   = "bytes"
	structsVariant = "structs"
	startVariant   = "start"
)

// cells are all loads on what has been started.
func (r *rig) cells(length time.Duration) []cell {
	return append(r.libraryCells(length), r.servedCells(length)...)
}

func (r *rig) libraryCells(length time.Duration) []cell {
	direct := variant{name: directVariant, do: r.directUnary}
	bytes := variant{name: bytesVariant, pids: r.pluginPid, do: r.bytesUnary}
	structs := variant{name: structsVariant, pids: r.pluginPid, do: r.structsUnary}
	streams := func(model string) []variant {
		return []variant{
			{name: directVariant, do: r.directStream(model)},
			{name: bytesVariant, pids: r.pluginPid, do: r.bytesStream(model)},
		}
	}
	return []cell{
		{name: unary1, callers: 1, length: length, variants: []variant{direct, bytes}},
		{name: unary16, callers: 16, length: length, variants: []variant{direct, bytes, structs}},
		{name: unary64, callers: 64, length: length, variants: []variant{direct, bytes, structs}},
		{name: unary256, callers: 256, length: length, variants: []variant{direct, bytes, structs}},
		{name: saturated16, callers: 16, length: length, variants: streams(upstream.Saturated)},
		{name: saturated64, callers: 64, length: length, variants: streams(upstream.Saturated)},
		{name: paced16, callers: 16, length: length, variants: streams(upstream.Paced)},
		{name: paced32, callers: 32, length: length, variants: streams(upstream.Paced)},
		{name: paced64, callers: 64, length: length, variants: streams(upstream.Paced)},
		{name: first1, callers: 1, length: length, variants: streams(upstream.Brief)},
		{name: start1, callers: 1, times: 3, variants: []variant{{name: startVariant, do: r.start(1)}}},
		{name: start20, callers: 1, times: 1, variants: []variant{{name: startVariant, do: r.start(20)}}},
	}
}

// needed are the cells that rows are computed from, with the sides they need.
func needed(rows []row, cells []cell) []cell {
	var out []cell
	for _, c := range cells {
		c.variants = slices.DeleteFunc(slices.Clone(c.variants), func(v variant) bool {
			return !slices.ContainsFunc(rows, func(r row) bool {
				return slices.Contains(r.cells, c.name) && (v.name == r.side || v.name == r.base || v.name == nginxVariant)
			})
		})
		if len(c.variants) > 0 {
			out = append(out, c)
		}
	}
	return out
}
