"use strict";
// Where an answer of v1 may differ from the declared type, and why: the types were generated from Pipedrive's description, and what
// Pipedrive really sends, or describes elsewhere in words, wins.

module.exports = [
  // The types were written without null; what is unset is null. What every record has is never unset.
  { in: /./, may: "is null", at: [/^(?!(.*\.)?(id|name|title|subject|status|user_id|owner_id|creator_user_id|stage_id|pipeline_id|data)$)/] },

  // Kept on the last page only by the description.
  { in: /^NotesApi\.|^RecentsApi\.|getPersonProducts$|getOrganizationFollowers$/, may: "is missing", at: ["additional_data.pagination.next_start"] },
  { in: /^RecentsApi\./, may: "is not declared", at: ["additional_data.pagination.next_start"] },

  // Lists page by additional_data.pagination, which is described as if it were not there.
  { in: /Api\.get(Deal|Person|Organization)(Files|MailMessages|Updates|Participants)$|get(Archived|Pipeline|Stage)Deals$|get(Deal|Person)Followers$/, may: "is missing", at: ["additional_data.start", "additional_data.limit", "additional_data.more_items_in_collection"] },
  { in: /Api\.get(Deal|Person|Organization)(Files|MailMessages|Updates|Participants)$|get(Archived|Pipeline|Stage)Deals$|get(Deal|Person)Followers$|FieldsApi\.get\w+Fields$/, may: "is not declared", at: ["additional_data.pagination"] },
  { in: /^MailboxApi\.getMailThreads$/, may: "is not declared", at: ["additional_data"] },
  { in: /Api\.get(Deal|Person|Organization)Updates$/, may: "is not declared", at: ["additional_data.filesCountByDay"] },
  { in: /^OrganizationRelationshipsApi\.getOrganizationRelationships$/, may: "is missing", at: ["additional_data"] },

  // Fields: types that built-in ones have, what is only said of some, and what Pipedrive sends besides.
  { in: /FieldsApi\./, may: "is ", at: ["field_type", "mandatory_flag"] },
  {
    in: /FieldsApi\./, may: "is missing",
    at: [
      "add_time", "add_visible_flag", "bulk_edit_allowed", "created_by_user_id", "details_visible_flag", "filtering_allowed", "important_flag",
      "index_visible_flag", "is_subfield", "last_updated_by_user_id", "options", "options_deleted", "order_nr", "searchable_flag", "sortable_flag", "subfields",
      "update_time",
    ],
  },
  {
    in: /FieldsApi\./, may: "is not declared",
    at: [
      "description", "group_id", "id_suffix", "json_column_flag", "link", "parent_id", "projects_detail_visible_flag", "restriction_settings", "show_in_pipelines",
      "use_field", "user_restrictions",
    ],
  },
  {
    in: /^NoteFieldsApi\./, may: "is not declared",
    at: [
      "add_time", "add_visible_flag", "created_by_user_id", "details_visible_flag", "filtering_allowed", "important_flag", "last_updated_by_user_id", "order_nr",
      "searchable_flag", "sortable_flag", "update_time",
    ],
  },

  // Followers of persons are described as those of deals.
  { in: /^PersonsApi\.getPersonFollowers$/, may: "is missing", at: ["deal_id"] },
  { in: /^PersonsApi\.getPersonFollowers$/, may: "is not declared", at: ["person_id"] },

  // Only with include_field_code, include_body, or in one of two answers that share a type.
  { in: /^FiltersApi\.(add|update)Filter$/, may: "is missing", at: ["conditions.conditions[].conditions[].field_code"] },
  { in: /^MailboxApi\.getMailMessage$/, may: "is missing", at: ["body"] },
  { in: /^MailboxApi\.updateMailThreadDetails$/, may: "is missing", at: ["parties"] },
  {
    in: /^MailboxApi\.getMailThreadMessages$/, may: "is missing",
    at: ["from[].latest_sent", "from[].linked_organization_id", "from[].message_time", "to[].latest_sent", "to[].linked_organization_id", "to[].message_time"],
  },

  // The user who added a participant is described as the answer that has one.
  { in: /^DealsApi\.(add|get)DealParticipants?$/, may: "is missing", at: ["added_by_user_id.success", "added_by_user_id.data"] },
  { in: /^DealsApi\.(add|get)DealParticipants?$/, may: "is not declared", at: [/^added_by_user_id\./] },

  // Persons in v1's older form have more than is declared where others hold them.
  {
    in: /^DealsApi\.(add|get)DealParticipants?$/, may: "is not declared",
    at: [
      "person.birthday", "person.im", "person.job_title", "person.notes", "person.participant_closed_deals_count",
      "person.participant_open_deals_count", "person.picture_id.file_size", "person.picture_id.value", /^person\.postal_address/, "person.primary_email",
    ],
  },
  { in: /^DealsApi\.getDealParticipants$/, may: "is missing", at: ["person.org_id.label_ids"] },
  { in: /^PersonsApi\.mergePersons$/, may: "is not declared", at: ["birthday", "im", "job_title", "notes", /^postal_address/, "primary_email"] },
  { in: /^DealsApi\.(add|get)DealParticipants?$/, may: "is not declared", at: [/^related_objects\.(deal|organization|picture)$/] },

  // Pages by cursor, as its text says.
  { in: /^DealsApi\.getDealParticipantsChangelog$/, may: "is missing", at: ["additional_data.start", "additional_data.limit", "additional_data.more_items_in_collection"] },
  { in: /^DealsApi\.getDealParticipantsChangelog$/, may: "is not declared", at: ["additional_data.next_cursor"] },

  // Sums are listed by currency, periods are a list, and the file is bytes.
  { in: /^DealsApi\.get(Archived)?DealsSummary$/, may: "is missing", at: [/^(weighted_)?values_total\./] },
  { in: /^DealsApi\.getDealsSummary$/, may: "is not declared", at: [/^(weighted_)?values_total\.[A-Z]{3}$/] },
  { in: /^DealsApi\.getDealsTimeline$/, may: "is no object", at: ["data"] },
  { in: /^FilesApi\.downloadFile$/, may: "is {", at: ["the answer"] },

  // Not counted beside a flow.
  { in: /^OrganizationsApi\.getOrganizationUpdates$/, may: "is missing", at: [/^related_objects\.organization\.\d+\.people_count$/] },

  // Described as listed by its id, though it is one.
  { in: /^PersonsApi\.addPersonPicture$/, may: "is no object", at: [/./] },
  { in: /^PersonsApi\.addPersonPicture$/, may: "is missing", at: [/^pictures\./] },
  { in: /^PersonsApi\.addPersonPicture$/, may: "is not declared", at: [/^pictures\.\d+$/] },

  // Described without its envelope, or its data.
  { in: /^PermissionSetsApi\.getPermissionSet$/, may: "is missing", at: ["app", "assignment_count", "contents", "description", "id", "name", "type"] },
  { in: /^PermissionSetsApi\.getPermissionSet$/, may: "is not declared", at: ["success", "data"] },
  { in: /^DealsApi\.getDealUsers$/, may: "is not declared", at: ["data"] },

  // An id is a number here as everywhere.
  { in: /Api\.get(Deal|Person|Organization)Files$/, may: "is ", at: ["mail_message_id"] },

  // A number like all other flags of mail.
  { in: /Api\.get(Deal|Person|Organization)MailMessages$/, may: "is 0", at: ["data.external_deleted_flag"] },

  // Of the twelve kinds of records that recents tells of, the generator kept one.
  { in: /^RecentsApi\./, may: "is ", at: ["item", "data", /^data\./] },

  // Sent by Pipedrive without being declared.
  { in: /^DealsApi\.(duplicateDeal|mergeDeals|getArchivedDeals)$|get(Pipeline|Stage)Deals$/, may: "is not declared", at: ["archive_time", "score", "sequence_enrollment", "source_lead_id"] },
  { in: /^FilesApi\.|Api\.get(Deal|Person|Organization)Files$/, may: "is not declared", at: ["file_type", "log_id", "people_name"] },
  { in: /Api\.get(Deal|Person|Organization)Files$/, may: "is not declared", at: ["project_id", "project_name"] },
  {
    in: /Api\.get(Deal|Person|Organization)MailMessages$/, may: "is not declared",
    at: [
      "data.attachments", "data.connection_type", "data.deal_id", "data.expunged_flag", "data.group_sending_flag", "data.in_reply_to", "data.last_replied_at",
      "data.lead_id", "data.mail_queue", "data.mail_signature_id", "data.project_id", "data.sender_user_id", "data.team_admin_user_id", "related_objects",
    ],
  },
  { in: /^MailboxApi\.(delete|update|get)MailThread(Details)?$/, may: "is not declared", at: ["service", "statusCode", "statusText"] },
  { in: /^MailboxApi\.getMailThreadMessages$/, may: "is not declared", at: ["draft_flag"] },
  { in: /^NotesApi\.(add|get|update)Notes?$/, may: "is not declared", at: ["lead", "pinned_to_lead_flag"] },
  { in: /^OrganizationRelationshipsApi\./, may: "is not declared", at: ["rel_linked_org_id.active_flag", "rel_owner_org_id.active_flag"] },
  { in: /^OrganizationRelationshipsApi\.|^OrganizationsApi\.getOrganizationUpdates$/, may: "is not declared", at: [/^related_objects\.organization\.\d+\.active_flag$/] },
  { in: /^OrganizationRelationshipsApi\.getOrganizationRelationship$/, may: "is not declared", at: ["related_organization_name"] },
  { in: /^OrganizationsApi\.getOrganizationUpdates$/, may: "is not declared", at: ["related_objects.deal", "related_objects.person"] },
  { in: /^DealsApi\.getArchivedDeals$/, may: "is not declared", at: ["related_objects.deal", "related_objects.pipeline", "related_objects.stage"] },
  { in: /^WebhooksApi\./, may: "is not declared", at: ["status"] },
  { in: /getPersonProducts$/, may: "is not declared", at: ["related_objects"] },
  { in: /getPipelineDeals$/, may: "is not declared", at: ["additional_data.deals_summary"] }, // as get_summary asks
  { in: /^RolesApi\.getRole$/, may: "is not declared", at: ["level"] },
  { in: /^UsersApi\.getUserPermissions$/, may: "is not declared", at: ["can_manage_users"] },

  // Ours: whether deliveries are signed, and until when none are made.
  { in: /^WebhooksApi\./, may: "is not declared", at: ["signed", "banned_until"] },

  // Ours: why mail is where it is, and what else it may belong to.
  { in: /^MailboxApi\.|Api\.get(Deal|Person|Organization)MailMessages$/, may: "is not declared", at: ["link", "data.link", "deal_candidates", "suggestions", "question"] },
];
