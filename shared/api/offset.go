package api

// pagination is the additional_data of a v1 list (contract §1.4); next_start is there only when more follows.
func pagination(start, limit int, more bool) map[string]any {
	p := map[string]any{"start": start, "limit": limit, "more_items_in_collection": more}
	if more {
		p["next_start"] = start + limit
	}
	return map[string]any{"pagination": p}
}
