"""What becomes of each setting of Jupyter that a configuration of the user's may have.

The attack: a configuration that somebody talked the user into, or that an old installation left behind, has the pages dial another
address (`websocket_url`), lets the server refuse everybody (`local_hostnames`), serves the whole disk (`FileContentsManager.root_dir`) or
lets the kernels listen on the network without a key. And the honest case: a setting that cannot work here stops the server, or is
lost without a word.

So every setting of Jupyter's own classes stands here once: it is honoured, overridden by what Gatehouse says in its place, or
refused. A refused one never reaches the class, whichever file and spelling it comes from, and the log names it. Settings of classes
that are not Jupyter's own are their authors'. A test compares this table with the installed versions.

Runs on Python 3.8 or later; traitlets alone is imported, and only by `install`.
"""

import sys

# The command line says these, and it wins over every file (command.ts).
OVERRIDDEN = {
    "ServerApp.allow_credentials": "False",
    "ServerApp.allow_origin": "none",
    "ServerApp.allow_origin_pat": "none",
    "ServerApp.allow_remote_access": "False",
    "ServerApp.allow_root": "True for root",
    "ServerApp.allow_unauthenticated_access": "False",
    "ServerApp.authenticate_prometheus": "True",
    "ServerApp.base_url": "/",
    "ServerApp.certfile": "none",
    "ServerApp.client_ca": "none",
    "ServerApp.disable_check_xsrf": "False",
    "ServerApp.file_to_run": "none",
    "ServerApp.identity_provider_class": "Gatehouse's",
    "ServerApp.ip": "127.0.0.1",
    "ServerApp.keyfile": "none",
    "ServerApp.open_browser": "False",
    "ServerApp.port": "Gatehouse's choice",
    "ServerApp.port_retries": "0",
    "ServerApp.quit_button": "False",
    "ServerApp.root_dir": "the working folder",
    "ServerApp.sock": "a socket in the private folder of the run",
    "ServerApp.sock_mode": "0600",
    # Where nobody trusts the folder; else it is honoured.
    "SQLiteYStore.db_path": "a file in the private folder of the run",
}

_SIGN_IN = "Gatehouse signs people in"
_ELSEWHERE = "the pages would load or dial another address"
_OPENS = "it would open the server"
_FOLDER = "the working folder is the one that the server was started for"
_ENDS = "the server would end"
_ADDRESS = "Gatehouse is the address of this server"

REFUSED = {
    "ServerApp.allow_password_change": _SIGN_IN,
    "ServerApp.autoreload": "a server that starts itself again has no secret any more",
    "ServerApp.browser": "Gatehouse opens the browser",
    "ServerApp.cookie_options": _SIGN_IN,
    "ServerApp.custom_display_url": _ADDRESS,
    "ServerApp.file_url_prefix": _ADDRESS,
    "ServerApp.get_secure_cookie_kwargs": _SIGN_IN,
    "ServerApp.local_hostnames": "the gateway says which names are right, and the server is asked by one",
    "ServerApp.login_handler_class": _SIGN_IN,
    "ServerApp.logout_handler_class": _SIGN_IN,
    "ServerApp.notebook_dir": _FOLDER,
    "ServerApp.password": _SIGN_IN,
    "ServerApp.password_required": _SIGN_IN,
    "ServerApp.preferred_dir": _FOLDER,
    "ServerApp.pylab": _ENDS,
    "ServerApp.ssl_options": "TLS is the gateway's",
    "ServerApp.token": _SIGN_IN,
    "ServerApp.trust_xheaders": "the gateway says who asks, and how",
    "ServerApp.use_redirect_file": "Gatehouse opens the browser",
    "ServerApp.webbrowser_open_new": "Gatehouse opens the browser",
    "ServerApp.websocket_url": _ELSEWHERE,
    "JupyterApp.generate_config": _ENDS,
    "IdentityProvider.cookie_name": _SIGN_IN,
    "IdentityProvider.cookie_options": _SIGN_IN,
    "IdentityProvider.get_secure_cookie_kwargs": _SIGN_IN,
    "IdentityProvider.login_handler_class": _SIGN_IN,
    "IdentityProvider.logout_handler_class": _SIGN_IN,
    "IdentityProvider.secure_cookie": _SIGN_IN,
    "IdentityProvider.token": _SIGN_IN,
    "IdentityProvider.updatable_fields": _SIGN_IN,
    "PasswordIdentityProvider.allow_password_change": _SIGN_IN,
    "PasswordIdentityProvider.hashed_password": _SIGN_IN,
    "PasswordIdentityProvider.password_required": _SIGN_IN,
    # Set after everything was checked, over whatever the server has.
    "ExtensionApp.settings": _OPENS,
    "ExtensionApp.open_browser": "Gatehouse opens the browser",
    "ExtensionApp.static_url_prefix": _ELSEWHERE,
    "LabApp.override_static_url": _ELSEWHERE,
    "LabApp.override_theme_url": _ELSEWHERE,
    # Guests see what is below the folder of the contents.
    "ContentsManager.root_dir": _FOLDER,
    "FileContentsManager.root_dir": _FOLDER,
    "MappingKernelManager.root_dir": _FOLDER,
    # Jupyter ends where it is not there, and a configuration cannot know which folder is served.
    "ContentsManager.preferred_dir": _FOLDER,
    "ConnectionFileMixin.ip": "kernels would listen on the network",
    "Session.key": "anyone who reaches a kernel's port could run code",
    "Session.keyfile": "anyone who reaches a kernel's port could run code",
    "Session.signature_scheme": "anyone who reaches a kernel's port could run code",
}

HONOURED = {
    "AsyncContentsManager": "checkpoints checkpoints_class checkpoints_kwargs",
    "AsyncIOLoopKernelManager": "restarter_class",
    "AsyncKernelManager": "client_class client_factory",
    "AsyncMultiKernelManager": "kernel_manager_class use_pending_kernels",
    "BaseFileIdManager": "db_journal_mode db_path root_dir",
    "BaseKernelWebsocketConnection": "kernel_ws_protocol session",
    # Gatehouse opens the first page of the application itself.
    "BrowserApp": "default_url",
    "ConfigManager": "config_dir_name",
    "ConnectionFileMixin": "connection_file control_port hb_port iopub_port shell_port stdin_port transport",
    "ContentsManager": """
        allow_hidden checkpoints checkpoints_class checkpoints_kwargs event_logger files_handler_class
        files_handler_params hide_globs post_save_hook pre_save_hook untitled_directory untitled_file
        untitled_notebook
    """,
    "DebugLogFileMixin": "debug_log_path",
    "EventLogger": "handlers",
    "ExtensionApp": "default_url handlers static_paths template_paths",
    "FileCheckpoints": "checkpoint_dir root_dir",
    "FileContentsManager": "always_delete_dir delete_to_trash max_copy_folder_size_mb",
    "FileIdExtension": "file_id_manager_class",
    "FileManagerMixin": "hash_algorithm use_atomic_writing",
    # Kernels on another machine, because their owner wants them there; guests who only look have none of it.
    "GatewayClient": """
        accept_cookies allowed_envs auth_header_key auth_scheme auth_token ca_certs client_cert client_key
        connect_timeout env_whitelist event_logger gateway_retry_interval gateway_retry_interval_max
        gateway_retry_max gateway_token_renewer_class headers http_pwd http_user kernels_endpoint
        kernelspecs_endpoint kernelspecs_resource_endpoint launch_timeout_pad request_timeout url validate_cert
        ws_url
    """,
    "GatewayWebSocketConnection": "kernel_ws_protocol",
    "IOLoopKernelManager": "restarter_class",
    "JupyterApp": "answer_yes config_file config_file_name",
    "JupyterNotebookApp": "custom_css default_url expose_app_in_browser",
    "KernelManager": "autorestart cache_ports client_class client_factory shutdown_wait_time transport_encryption",
    "KernelProvisionerFactory": "default_provisioner_name",
    "KernelRestarter": "debug random_ports_until_alive restart_limit stable_start_time time_to_dead",
    "KernelSpecManager": "allowed_kernelspecs ensure_native_kernel kernel_spec_class whitelist",
    "LabApp": """
        app_dir check_for_updates_class collaborative core_mode custom_css default_url dev_mode
        expose_app_in_browser extension_manager extensions_in_dev_mode future_skip_styles_for_disabled
        lock_all_plugins news_url skip_dev_build splice_source user_settings_dir watch workspaces_dir
    """,
    "LabServerApp": """
        allowed_extensions_uris blacklist_uris blocked_extensions_uris listings_refresh_seconds
        listings_request_options whitelist_uris
    """,
    "LanguageServerManager": """
        all_listeners autodetect client_listeners language_servers server_listeners virtual_documents_dir
    """,
    "LanguageServerManagerAPI": "extra_node_roots node_roots nodejs",
    "LspStdIoReader": "max_wait min_wait next_wait",
    "MappingKernelManager": """
        allow_tracebacks allowed_message_types buffer_offline_messages cull_busy cull_connected
        cull_idle_timeout cull_interval kernel_info_timeout traceback_replacement_message
        transport_encryption untracked_message_types
    """,
    "MultiKernelManager": "default_kernel_name kernel_manager_class shared_context",
    "PluginManager": "level",
    "PyPIExtensionManager": "base_url cache_timeout package_metadata_cache_size rpc_request_throttling",
    # `tornado_settings` is looked through: see below.
    "ServerApp": """
        allow_external_kernels authorizer_class config_manager_class contents_manager_class cookie_secret
        cookie_secret_file default_url external_connection_dir extra_log_scrub_param_keys extra_services
        extra_static_paths extra_template_paths iopub_data_rate_limit iopub_msg_rate_limit
        jinja_environment_options jinja_template_vars jpserver_extensions kernel_manager_class
        kernel_spec_manager_class kernel_websocket_connection_class kernel_ws_protocol limit_rate
        max_body_size max_buffer_size min_open_files_limit nbconvert_csp_sandbox rate_limit_window
        reraise_server_extension_failures session_manager_class shutdown_no_activity_timeout
        static_immutable_cache terminado_settings terminals_enabled tornado_settings
        websocket_compression_options websocket_ping_interval websocket_ping_timeout
    """,
    "ServerKernelManager": "extra_event_schema_paths",
    "Session": """
        buffer_threshold check_pid copy_threshold debug digest_history_size item_threshold metadata packer
        session unpacker username
    """,
    "SessionManager": "database_filepath",
    "SQLiteYStore": "document_ttl squash_after_inactivity_of",
    "TerminalManager": "cull_inactive_timeout cull_interval",
    "TerminalsExtensionApp": "terminal_manager_class",
    "YDocExtension": """
        disable_rtc document_cleanup_delay document_load_progressively document_save_delay file_poll_interval
        file_stop_poll_on_errors_after notebook_output_delay_threshold_mb server_side_execution
        session_store_path ystore_class
    """,
    "ZMQChannelsWebsocketConnection": """
        iopub_data_rate_limit iopub_msg_rate_limit kernel_ws_protocol limit_rate rate_limit_window
    """,
}

# Programs that the packages bring and Gatehouse does not start: what is configured for them is theirs.
OTHER_PROGRAMS = """
    BaseExtensionApp BuildLabExtensionApp CheckLabExtensionsApp DevelopLabExtensionApp DisableLabExtensionsApp
    EnableLabExtensionsApp InstallKernelSpec InstallLabExtensionApp InstallNativeKernelSpec JupyterConsoleApp
    JupyterServerListApp JupyterServerStopApp KernelApp LabBuildApp LabCleanApp LabLicensesApp LicensesApp
    LinkLabExtensionApp ListKernelSpecs ListLabExtensionsApp LockLabExtensionsApp RemoveKernelSpec RunApp
    UninstallLabExtensionApp UnlockLabExtensionsApp UpdateLabExtensionApp WatchLabExtensionApp
    WorkspaceImportApp WorkspaceListApp
"""

# Of `tornado_settings`, which replace what the server made of all its settings: these, and names that neither
# Jupyter nor Tornado has.
TORNADO_HONOURED = """
    collaborative_document_cleanup_delay collaborative_document_save_delay collaborative_file_poll_interval
    collaborative_session_store_path collaborative_ystore_class compress_response csp_report_uri gzip headers mathjax_config static_hash_cache template_whitespace terminal_manager
    websocket_compression_options websocket_max_message_size websocket_ping_interval websocket_ping_timeout
    ws_ping_interval xsrf_cookie_version
"""
TORNADO_REFUSED = """
    allow_credentials allow_origin allow_origin_pat allow_password_change allow_remote_access
    allow_unauthenticated_access api_last_activity authenticate_prometheus authorizer autoescape autoreload base_url
    compiled_template_cache config config_dir config_manager contents_js_source contents_manager cookie_options
    cookie_secret cross_origin_protection custom_css debug default_handler_args default_handler_class default_url
    disable_check_xsrf event_logger extra_log_scrub_param_keys extra_services file_id_manager get_secure_cookie_kwargs hub_host
    hub_prefix identity_provider iopub_data_rate_limit iopub_msg_rate_limit jinja2_env jinja_template_vars
    kernel_manager kernel_spec_manager kernel_websocket_connection_class kernel_ws_protocol key key_version
    last_activity_times limit_rate local_hostnames log_function login_url mathjax_url nbconvert_csp_sandbox
    page_config_data page_config_hook password rate_limit_window redirect_base_uri secret secure_cookie
    serve_traceback server_root_dir serverapp session_manager shell_command shutdown_button started
    static_custom_path static_handler_args static_handler_class static_immutable_cache static_path
    static_url_prefix template_loader template_path terminal_last_activity terminals_available token
    trusted_origins ui_methods ui_modules user version_hash websocket_url xsrf_cookie_kwargs xsrf_cookie_name
    xsrf_cookies
"""

_told = set()


def tell(name, reason):
    """Once for each name, and never what somebody has set it to."""
    if name not in _told:
        _told.add(name)
        print("gatehouse: the setting %s is not used: %s" % (name, reason), file=sys.stderr, flush=True)


def reason_for(configured_class, name):
    """Why this class may not be configured so; None where it may."""
    for each in configured_class.__mro__:
        reason = REFUSED.get("%s.%s" % (each.__name__, name))
        if reason is not None:
            return reason
    return None


def install():
    """Called before any application is imported."""
    from traitlets.config import Configurable

    find = Configurable._find_my_config

    def find_without_refused(self, config):
        found = find(self, config)
        refused = [(name, reason_for(type(self), name)) for name in found]
        if not any(reason for _, reason in refused):
            return found
        # A copy: what was found may be the application's whole configuration.
        kept = type(found)(found)
        for name, reason in refused:
            if reason is not None:
                tell("%s.%s" % (type(self).__name__, name), reason)
                del kept[name]
        return kept

    Configurable._find_my_config = find_without_refused


def clean_tornado_settings(settings):
    """Takes what is refused out of them, in place."""
    for name in sorted(set(settings) & set(TORNADO_REFUSED.split())):
        tell("tornado_settings[%r]" % name, _OPENS)
        del settings[name]
