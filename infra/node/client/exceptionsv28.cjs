"use strict";
// Where an answer in v1's older forms may differ from the type that the client declared when it still had them, and why: the types were
// generated from Pipedrive's description, and what Pipedrive really sent, or described elsewhere in words, wins.

const activity = ["type_name", "private", "priority", "original_start_time", "location_long", "location_lat", "lead_title", "is_recurring"];

module.exports = [
  // The types were written without null; what is unset is null. What every record has is never unset.
  { in: /./, may: "is null", at: [/^(?!(.*\.)?(id|name|title|subject|status|user_id|owner_id|creator_user_id|stage_id|pipeline_id|data)$)/] },

  // Lists page by additional_data.pagination, which is described as if it were not there; next_start is there when more follows.
  { in: /Api\.get(\w+(Activities|Deals|Persons)|Deals)$/, may: "is missing", at: ["additional_data.start", "additional_data.limit", "additional_data.more_items_in_collection"] },
  { in: /Api\.get(\w+(Activities|Deals|Persons)|Deals)$/, may: "is not declared", at: ["additional_data.pagination"] },
  { in: /./, may: "is missing", at: ["additional_data.pagination.next_start"] },

  // Would take counting all activities of a record by user, and a story of updates, which there is none of.
  { in: /Api\.get\w+Activities$/, may: "is missing", at: ["additional_data.activity_distribution"] },
  { in: /^ActivitiesApi\.addActivity$/, may: "is missing", at: ["additional_data"] },

  // The name of the field, and ids only where they are asked for.
  { in: /^ItemSearchApi\.searchItemByField$/, may: "is missing", at: ["id", "$field_key"] },
  { in: /^ItemSearchApi\.searchItemByField$/, may: "is not declared", at: ["title", "name"] },

  // Records that are named stand beside every answer, listed by id, with all that their short forms have.
  {
    in: /./, may: "is not declared",
    at: [
      "related_objects", "related_objects.deal", "related_objects.person", "related_objects.organization", "related_objects.picture", "related_objects.pipeline",
      "related_objects.stage", /^related_objects\.(organization|person)\.\d+\.active_flag$/, /^related_objects\.picture\.\d+\.file_size$/,
      /^related_objects\.(pipeline|stage)\.\d+$/,
    ],
  },
  { in: /Api\.get(Person|Organization)Deals$/, may: "is missing", at: [/^related_objects\.(pipeline|stage)\.[a-z_]+$/] },

  // Pictures have a number under both names.
  { in: /^(PersonsApi|DealsApi|OrganizationsApi)\./, may: "is not declared", at: ["picture_id.value", "picture_id.file_size"] },

  // Sent by Pipedrive, or documented in words, without being declared.
  { in: /Api\.\w*Deals?$/, may: "is not declared", at: ["archive_time", "score", "sequence_enrollment", "source_lead_id"] },
  { in: /Api\.\w*Activit(y|ies)$/, may: "is not declared", at: activity },
  { in: /^PipelinesApi\.addPipeline$/, may: "is not declared", at: ["selected"] },
  { in: /^StagesApi\./, may: "is not declared", at: ["pipeline_name", "pipeline_deal_probability"] },
  { in: /Api\.\w*Persons?$/, may: "is not declared", at: ["primary_email", "participant_open_deals_count", "participant_closed_deals_count", "im", "notes", "birthday", "job_title", /^postal_address/] },
  { in: /^OrganizationsApi\.(add|get|update)Organizations?$/, may: "is not declared", at: ["website", "linkedin", "industry", "annual_revenue", "employee_count"] },
  { in: /^DealsApi\.searchDeals$/, may: "is not declared", at: ["items[].item.pipeline", "items[].item.organization.address", "items[].item.cc_email"] },
  { in: /^PersonsApi\.searchPersons$/, may: "is not declared", at: ["items[].item.organization.address", "items[].item.primary_email", "items[].item.update_time", "items[].item.picture"] },

  // A team's own fields stand beside all others.
  { in: /Api\.update(Deal|Person|Organization)$/, may: "is not declared", at: [/^[0-9a-f]{40}(_currency)?$/] },
];
