/** What stands in a section of the file: keys that Purser uses come from the schema, these are LiteLLM's own. */
export const unsupportedKeys = {
  file: words(`
    guardrails mcp_servers mcp_settings credential_list callback_settings files_settings finetune_settings
    assistant_settings search_tools vector_store_registry prompts policies agent_list`),
  model_list: words('provider model_type blocked'),
  litellm_params: words(`
    itpm otpm allowed_openai_params
    merge_reasoning_content_in_choices litellm_credential_name use_in_pass_through use_litellm_proxy model_info_source
    configurable_clientside_auth_params supports_system_message custom_tokenizer azure_ad_token tenant_id client_id
    client_secret azure_username azure_password azure_scope aws_session_name aws_profile_name aws_role_name
    aws_web_identity_token aws_sts_endpoint region_name vertex_project vertex_location vertex_credentials watsonx_region_name
    ssl_verify max_file_size_mb max_response_size_mb guardrails cache default_api_key_tpm_limit
    default_api_key_rpm_limit s3_bucket_name auto_router_config auto_router_config_path auto_router_default_model
    auto_router_embedding_model complexity_router_config`),
  litellm_settings: words(`
    callbacks success_callback failure_callback service_callback audit_log_callbacks turn_off_message_logging
    redact_user_api_key_info redact_messages_in_exceptions default_internal_user_params
    default_team_settings key_generation_settings
    max_end_user_budget max_end_user_budget_id max_user_budget max_internal_user_budget
    internal_user_budget_duration include_cost_in_streaming_usage cost_discount_config cost_margin_config json_logs
    set_verbose modify_params ssl_verify force_ipv4 forward_traceparent_to_llm_provider guardrails
    langfuse_default_tags mcp_aliases model_group_settings public_model_groups enable_json_schema_validation
    priority_reservation telemetry disable_end_user_cost_tracking disable_copilot_system_to_assistant
    drop_unknown_params credential_list tag_budget_config enable_preview_features caching`),
  router_settings: words(`
    optional_pre_call_checks enable_weighted_failover redis_host redis_port redis_password redis_url redis_db
    redis_username cache_responses cache_kwargs caching_groups client_ttl debug_level set_verbose
    default_litellm_params default_max_parallel_requests default_priority polling_interval alerting_config
    assistants_config ignore_invalid_deployments deployment_affinity_ttl_seconds`),
  general_settings: words(`
    completion_model store_model_in_db store_prompts_in_spend_logs disable_spend_logs disable_spend_updates
    maximum_spend_logs_retention_interval always_include_stream_usage
    user_header_name user_header_mappings pass_through_endpoints health_check_details allowed_routes admin_only_routes public_routes max_parallel_requests
    max_response_size_mb cancel_on_disconnect fail_closed_budget_enforcement
    disable_budget_reservation alerting alert_types alerting_threshold alerting_args alert_to_webhook_url
    spend_report_frequency custom_auth custom_sso custom_key_generate infer_model_from_keys
    dangerously_permit_weak_or_unset_master_key database_connection_pool_limit database_connection_timeout
    database_connection_pool_timeout database_type database_args allow_requests_on_db_unavailable
    enable_jwt_auth litellm_jwtauth enforce_user_param enforced_params allow_user_auth allowed_ips use_x_forwarded_for
    proxy_batch_write_at proxy_budget_rescheduler_min_time proxy_budget_rescheduler_max_time
    proxy_batch_polling_interval ui_access_mode use_redis_transaction_buffer use_shared_health_check
    use_client_credentials_pass_through_routes key_management_system key_management_settings
    forward_client_headers_to_llm_api forward_openai_org_id supported_db_objects mcp_internal_ip_ranges
    token_rate_limit_type disable_master_key_return disable_retry_on_max_parallel_request_limit_error
    disable_reset_budget disable_adding_master_key_hash_to_db disable_error_logs disable_prisma_schema_update
    coordination_redis control_plane_url otel cost_tracking_settings allow_client_side_credentials
    block_robots reject_clientside_metadata_tags user_api_key_cache_ttl default_team_disabled enable_oauth2_auth
    google_kms_keyring`),
} as const satisfies Record<string, ReadonlySet<string>>;

export type Section = keyof typeof unsupportedKeys;

/** Parameters of requests that look like a misspelt key of ours, and are not. */
export const requestParameters = words(
  'models modalities stop store user tools top_p top_k seed n format mode include',
);

/** Prefixes that LiteLLM knows. One that Purser has no provider for costs a remark, not the whole file. */
export const litellmProviders = words(`
  openai azure azure_ai azure_text anthropic anthropic_text gemini vertex_ai vertex_ai_beta bedrock bedrock_converse
  sagemaker sagemaker_chat openrouter perplexity groq deepseek mistral codestral text-completion-codestral
  text-completion-openai xai together_ai fireworks_ai cerebras cohere cohere_chat ollama ollama_chat lm_studio
  hosted_vllm vllm llamafile docker_model_runner moonshot dashscope zai minimax nvidia_nim huggingface github
  github_copilot vercel_ai_gateway litellm_proxy openai_like custom_openai custom ai21 ai21_chat aleph_alpha baseten
  bytez clarifai cloudflare databricks datarobot deepinfra elevenlabs empower featherless_ai friendliai galadriel
  gigachat gradient_ai heroku hyperbolic infinity jina_ai lambda_ai lemonade maritalk meta_llama morph nebius nlp_cloud
  novita nscale oci oobabooga ovhcloud petals predibase recraft replicate sambanova sap snowflake topaz triton v0
  volcengine voyage wandb watsonx watsonx_text xinference deepgram aiml anyscale chatgpt assemblyai fal_ai cometapi
  compactifai poe chutes synthetic apertis nano-gpt abliteration llamagate publicai amazon_nova`);

/** Of LiteLLM's price map, in dollars; each may also end in a tier or service tier (`priceSuffix`). */
export const priceKeys = words(`
  input_cost_per_token output_cost_per_token cache_read_input_token_cost cache_creation_input_token_cost
  cache_creation_input_token_cost_above_1hr output_cost_per_reasoning_token input_cost_per_audio_token
  output_cost_per_audio_token input_cost_per_image_token output_cost_per_image_token cache_read_input_audio_token_cost
  cache_creation_input_audio_token_cost cache_read_input_image_token_cost input_cost_per_request
  input_cost_per_image output_cost_per_image input_cost_per_pixel output_cost_per_pixel input_cost_per_second
  output_cost_per_second input_cost_per_character output_cost_per_character input_cost_per_query
  input_cost_per_audio_per_second input_cost_per_video_per_second output_cost_per_video_per_second
  search_context_cost_per_query code_interpreter_cost_per_session file_search_cost_per_1k_calls
  file_search_cost_per_gb_per_day ocr_cost_per_page annotation_cost_per_page computer_use_input_cost_per_1k_tokens
  computer_use_output_cost_per_1k_tokens vector_store_cost_per_gb_per_day google_maps_cost_per_query
  tiered_pricing off_peak_pricing`);

export const priceSuffix = /(_above_\d+k_tokens|_flex|_priority|_batches)+$/;

/** Whether a key means a price, known or misspelt. */
export const isPriceKey = (key: string): boolean => /_cost(_|$)|_pricing$/.test(key) && !/_config$/.test(key);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
